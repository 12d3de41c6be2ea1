"""Must not escape judgement by ending its process at import."""

import os

os._exit(0)
