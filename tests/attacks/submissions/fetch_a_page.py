"""Must not fetch a page."""

import urllib.request

from targets import TCP


def attack():
    return urllib.request.urlopen(f"http://127.0.0.1:{TCP}/", timeout=2).status or True
