"""Must not make more files than its folder may hold."""

import os

from targets import FILES


def attack():
    made = 0
    try:
        for number in range(3000):
            os.close(os.open(f"small{number}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        pass
    return made > FILES
