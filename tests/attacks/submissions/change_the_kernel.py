"""Must not change a setting of the kernel."""


def attack():
    return open("/proc/sys/kernel/domainname", "w").fileno()
