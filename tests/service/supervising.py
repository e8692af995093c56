"""The socket of a service manager."""

import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Self


class Listening:
    """Hears what is said to NOTIFY_SOCKET: at a path, or in the abstract namespace."""

    def __init__(self, home: Path, abstract: bool = False) -> None:
        self.name = f"@vurti-{os.getpid()}-{home.name}" if abstract else str(home / "notify")
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._sock.bind("\0" + self.name[1:] if abstract else self.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sock.close()

    def environment(self, watchdog_secs: float | None = None) -> dict[str, str]:
        """What it starts a service with."""
        watchdog = {} if watchdog_secs is None else {"WATCHDOG_USEC": str(int(watchdog_secs * 1e6))}
        return {"NOTIFY_SOCKET": self.name, **watchdog}

    def heard(self) -> list[str]:
        """Each line that came since this was last asked."""
        lines: list[str] = []
        while True:
            try:
                lines += self._sock.recv(65536).decode().split("\n")
            except BlockingIOError:
                return lines
