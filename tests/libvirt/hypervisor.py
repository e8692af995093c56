"""Runs as the first process of a private machine: a libvirtd with mounts, name and pids of its own.

Started by bed.py inside new namespaces; whatever is mounted or started here ends with this process.
SIGUSR1 starts the daemon again after it was killed. Argument: the machine's directory, which has
libvirtd.conf, qemu.conf and an empty directory `tiny`.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

PRIVATE = ("/run/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/etc/libvirt/qemu")


def main(home: Path) -> None:
    socket.sethostname(home.name)
    furnish(home)
    signal.signal(signal.SIGUSR1, lambda *_: start(home))
    start(home)
    while True:  # the first process inherits every orphan: a killed QEMU is reaped here at once
        try:
            os.wait()
        except ChildProcessError:
            signal.pause()


def furnish(home: Path) -> None:
    mount("--bind", home / "qemu.conf", "/etc/libvirt/qemu.conf")
    for place in PRIVATE:
        Path(place).mkdir(parents=True, exist_ok=True)
        mount("-t", "tmpfs", "tmpfs", place)
    mount("-t", "tmpfs", "-o", "size=512k", "tmpfs", home / "tiny")


def mount(*words: object) -> None:
    subprocess.run(["mount", *map(str, words)], check=True)


def start(home: Path) -> None:
    pid_file = home / "libvirtd.pid"
    pid_file.unlink(missing_ok=True)
    log = (home / "libvirtd.out").open("ab")
    words = ["libvirtd", "--listen", "--config", str(home / "libvirtd.conf")]
    words += ["--pid-file", str(pid_file)]
    subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
