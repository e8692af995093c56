"""`vurti top` in a real terminal: a pty, and what a terminal would show of what it writes."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]


class Terminal:
    """Of so many columns and lines; the program in it is ended by SIGKILL at the latest."""

    def __init__(self, *words: str, width: int = 120, height: int = 36, **env: str) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        environment = {
            **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
            "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLORTERM": "truecolor",
            **env,
        }  # fmt: skip
        self.process = pexpect.spawn(
            sys.executable, ["-m", "vurti", "top", *words], env=environment,
            dimensions=(height, width), timeout=30,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.close(force=True)

    def press(self, keys: str) -> None:
        self.process.send(keys)

    def read(self) -> None:
        """What it has written since."""
        while True:
            try:
                piece = self.process.read_nonblocking(65536, timeout=0)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return
            self.raw += piece
            self._stream.feed(piece)

    def lines(self) -> list[str]:
        self.read()
        return list(self.screen.display)

    def text(self) -> str:
        return "\n".join(self.lines())

    def shows(self, words: str, secs: float = 30.0) -> None:
        """Waits until they are on the screen."""
        wait_for(lambda: words in self.text(), repr(words), secs, but=lambda: f"\n{self.text()}")

    def shows_no(self, words: str, secs: float = 30.0) -> None:
        wait_for(
            lambda: words not in self.text(), f"no {words!r}", secs, but=lambda: f"\n{self.text()}"
        )

    def colours(self) -> set[str]:
        """Of everything that is written, but for the colour that the terminal has by itself."""
        self.read()
        cells = (cell for row in self.screen.buffer.values() for cell in row.values())
        return {cell.fg for cell in cells if cell.data.strip()} - {"default"}

    def ended(self) -> int | None:
        """Its exit code, once it has ended."""
        wait_for(lambda: self.read() or not self.process.isalive(), "its end")
        self.read()
        self.process.close()
        return self.process.exitstatus
