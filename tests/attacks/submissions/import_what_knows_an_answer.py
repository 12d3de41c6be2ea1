"""Must not import what knows an answer."""

import importlib
import os
import sys

from targets import REFERENCE


def attack():
    for name in ("reference_impls", "harness.verify", "harness.oracles.bank", "hypothesis"):
        try:
            return importlib.import_module(name)
        except ImportError:
            sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(REFERENCE))))
    return None
