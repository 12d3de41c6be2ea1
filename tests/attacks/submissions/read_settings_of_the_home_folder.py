"""Must not read the files of the user's home."""

import glob
import os

from targets import SECRET


def attack():
    return [open(p).read(1) for p in glob.glob(os.path.dirname(SECRET) + "/.*")]
