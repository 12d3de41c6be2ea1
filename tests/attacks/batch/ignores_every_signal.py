"""Must not make the grader wait for ever by ignoring signals."""

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def strike():
    while True:
        pass
