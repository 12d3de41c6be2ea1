"""A driver that cannot be forked: what it imports has started a thread."""

from __future__ import annotations

import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()

OPERATIONS: dict[str, object] = {}
