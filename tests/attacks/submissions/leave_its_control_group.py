"""Must not leave the group that bounds all its processes, nor lift its bounds."""

from pathlib import Path


def attack():
    name = next(line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
    for top in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        own = Path(top + name)
        for path, text in ((own / "memory.max", "max"), (own.parent / "cgroup.procs", "0"), (own / "cgroup.kill", "1")):
            if path.exists():
                path.write_text(text)
                return f"wrote {text} to {path}"
    raise FileNotFoundError("no control group in sight")
