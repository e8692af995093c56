"""A changed configuration tried before it is used: `vurti check` in a process of its own, since its
tests and the operators of others may compute for ever, or end the process that runs them."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when something is to be checked
    from vurti.inventory.program import Run

ENDED = "vurti check was ended"
"""This says nothing about the file."""

TOLD_BYTES_MAX = 16_384
"""More of what is wrong is not kept."""


class Trial:
    """Calls block, never for much longer than `secs`: to be made in a worker."""

    def __init__(self, file: FilePath, secs: float) -> None:
        self._words = [sys.executable, "-m", "vurti", "check", str(file)]
        self._secs = secs
        self._aborted = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def __call__(self) -> str:
        """What is wrong with the file as it is now, "" where nothing is."""
        from vurti.inventory.program import Run

        with suppress(BlockingIOError):  # what was to end the one before is no longer meant
            os.eventfd_read(self._aborted)
        try:
            run = Run(self._words, dict(os.environ))
        except OSError as error:
            return f"vurti check cannot be started: {error.strerror}"
        try:
            return self._outcome(run)
        finally:
            run.end()

    def abort(self) -> None:
        """End it. May be called from any thread."""
        os.eventfd_write(self._aborted, 1)

    def close(self) -> None:
        """Nothing is checked any more."""
        os.close(self._aborted)

    def _outcome(self, run: "Run") -> str:
        deadline = time.monotonic() + self._secs
        while not run.ended:
            left = deadline - time.monotonic()
            if left <= 0:
                return f"vurti check took longer than {self._secs:g} s"
            if run.wait(left, self._aborted):
                return ENDED
            del run.printed[TOLD_BYTES_MAX:]
        if not run.how:
            return ""
        told = bytes(run.printed).decode(errors="replace") + run.complained.decode(errors="replace")
        return told.strip() or f"vurti check {run.how}"
