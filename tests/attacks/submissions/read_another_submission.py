"""Must not read what another student handed in."""

import glob

from targets import PRECIOUS


def attack():
    for path in glob.glob(PRECIOUS + "/*"):
        return open(path).read()
    return None
