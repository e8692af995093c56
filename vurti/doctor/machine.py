"""The machine: limits, memory, clock, and what vurti stands on."""

import ctypes
import os
import platform
import resource
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from vurti import __version__
from vurti.doctor.finding import Finding, bad, note, ok

AREA = "machine"
FILES_BESIDES = 100
"""What is open besides connections to hosts: the store, the log, who asks for figures."""

BYTES_ALONE, BYTES_A_HOST = 128 * 2**20, 300 * 2**10
"""What the process takes by itself, and for a host with 30 VMs, rounded up."""

_TIME_ERROR = 5  # adjtimex(2): the kernel's clock is not synchronised
_CGROUP_MEMORY = Path("/sys/fs/cgroup/memory.max")


def look_at_the_machine(hosts: int) -> Iterator[Finding]:
    """As it is for a fleet of so many hosts."""
    yield _versions()
    yield _files(hosts)
    yield from _memory(hosts)
    yield from _clock()


def _versions() -> Finding:
    names = {name: _version(name) for name in ("gevent", "reactivex", "peewee", "psycopg")}
    told = ", ".join(f"{name} {found}" for name, found in names.items() if found)
    return ok(AREA, "versions", f"vurti {__version__}, Python {platform.python_version()}, {told}")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _files(hosts: int) -> Finding:
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * hosts + FILES_BESIDES
    what = f"{limit} files may be open; {hosts} hosts need about {needed}"
    if limit == resource.RLIM_INFINITY or limit >= needed:
        return ok(AREA, "open files", what)
    how = f"ulimit -n {needed}, or LimitNOFILE={needed} in the unit"
    hard = f"; no more than {most} is allowed here" if most < needed else ""
    return bad(AREA, "open files", what + hard, how)


def _memory(hosts: int) -> Iterator[Finding]:
    limit = memory_limit(_CGROUP_MEMORY)
    needed = BYTES_ALONE + hosts * BYTES_A_HOST
    if limit is None:
        return
    what = f"{limit >> 20} MiB are allowed to it; {hosts} hosts need about {needed >> 20} MiB"
    if limit < needed:
        yield bad(AREA, "memory", what, "raise the container's or unit's limit of memory")
    else:
        yield ok(AREA, "memory", what)


def memory_limit(file: Path) -> int | None:
    """The limit of our control group, where there is one."""
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _clock() -> Iterator[Finding]:
    zone = time.strftime("%Z")
    if is_synchronised() is False:
        what = f"the clock ({zone}) is not synchronised: times in events may be wrong"
        yield note(AREA, "clock", what, "run chrony or systemd-timesyncd on the machine")
    else:
        yield ok(AREA, "clock", f"the time zone is {zone}; all that is stored is UTC")


def is_synchronised() -> bool | None:
    """Whether somebody keeps the kernel's clock right; None where that cannot be known."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        state = libc.adjtimex(ctypes.create_string_buffer(512))  # modes = 0: it is only read
    except (OSError, AttributeError):
        return None
    return None if state < 0 or not os.path.isdir("/proc") else state != _TIME_ERROR
