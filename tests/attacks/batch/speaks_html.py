"""Must not put markup into a page."""


def strike():
    raise ValueError("<script>alert(1)</script><img src=x onerror=alert(2)>&#x3c;script>")
