"""Must not write more than its folder may hold."""

from targets import DISK


def attack():
    written = 0
    try:
        for number in range(64):
            with open(f"big{number}", "wb") as file:
                for _ in range(16):
                    written += file.write(bytes(1 << 20))
                    file.flush()
    except OSError:
        pass
    return written > DISK
