"""Must not stand in for the harness."""

import os

os._exit(0)
