"""Takes away from a process what a student's code has no use for: files, network, other processes."""
