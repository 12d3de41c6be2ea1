"""What people read: one module per format, made from plain data alone."""
