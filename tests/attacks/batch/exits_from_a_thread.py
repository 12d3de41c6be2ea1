"""Must not earn points by ending the process from a thread."""

import os
import threading


def strike():
    threading.Thread(target=os._exit, args=(0,)).start()
    threading.Event().wait(5)
