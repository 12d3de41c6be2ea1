"""Must not run a program."""

import subprocess


def attack():
    return subprocess.run(["/bin/true"], check=True).returncode == 0
