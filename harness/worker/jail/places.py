"""Where things are inside a jail with a file system of its own. Importable on every platform."""

SUBMISSION, SCRATCH = "/submission", "/tmp"
"""A submission's files, and the one writable folder."""
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
