"""Load any student's RNN homework; prove it right, or show exactly where and why it is wrong."""

__version__ = "0.1.0"
