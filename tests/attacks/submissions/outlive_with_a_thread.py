"""Must not act on the outside from a thread when the call is over."""

import threading
import time

from targets import PRECIOUS


def attack():
    def act():
        time.sleep(0.2)
        open(PRECIOUS + "/thread", "w").write("x")
    threading.Thread(target=act, daemon=False).start()
    return None
