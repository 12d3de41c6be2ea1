"""Must not start threads without end."""

import threading
import time

threading.stack_size(1 << 16)


def strike():
    held = []
    while len(held) < 1000:
        thread = threading.Thread(target=time.sleep, args=(600,))
        thread.start()
        held.append(thread)
