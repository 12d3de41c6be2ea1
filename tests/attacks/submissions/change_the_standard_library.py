"""Must not plant bytecode in the standard library."""

import os


def attack():
    return open(os.path.dirname(os.__file__) + "/__pycache__/planted.pyc", "w").close() is None
