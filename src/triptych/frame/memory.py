"""Memory at hand on this machine: what is free, and what the container allows."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC, CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
V1_LIMIT, V1_USAGE = "memory.limit_in_bytes", "memory.usage_in_bytes"
V2_LIMIT, V2_USAGE = "memory.max", "memory.current"
RECLAIMABLE = ("inactive_file", "total_inactive_file")  # caches of files, given up when needed


def available_memory() -> int | None:
    """Bytes that this process may still take; None where the system does not say.

    The least of what the machine has free and what is left of the limits of the control groups
    (of containers) this process is in.
    """
    found = [value for value in (_free_on_machine(), *_left_in_groups()) if value is not None]
    return max(min(found), 0) if found else None


def _free_on_machine() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in (PROC / "meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):  # other systems, such as macOS
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return None


def _left_in_groups() -> Iterator[int]:
    """What is left of each limit, of the groups this process is in and those above them."""
    for folder in _group_folders():
        for limit, usage in ((V2_LIMIT, V2_USAGE), (V1_LIMIT, V1_USAGE)):
            with suppress(OSError, ValueError):  # "max": no limit
                most = int((folder / limit).read_text())
                used = int((folder / usage).read_text())
                yield most - used + _reclaimable(folder)


def _group_folders() -> list[Path]:
    """The folders of the groups; in a container its own is the root of what it sees."""
    folders = {CGROUPS: None, CGROUPS / "memory": None}
    with suppress(OSError):
        for line in (PROC / "self" / "cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if controllers in ("", "memory"):
                folder = CGROUPS / controllers / group.lstrip("/")
                for place in (folder, *folder.parents):
                    if place.is_relative_to(CGROUPS):
                        folders[place] = None
    return [*folders]


def _reclaimable(folder: Path) -> int:
    with suppress(OSError, ValueError):
        rows = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return max((int(rows[name]) for name in RECLAIMABLE if name in rows), default=0)
    return 0
