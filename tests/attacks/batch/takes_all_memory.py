"""Must not take more memory than is allowed."""


def strike():
    held = [bytearray(1 << 26) for _ in range(10_000)]
    return len(held)
