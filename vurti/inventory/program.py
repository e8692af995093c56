"""A program that prints an inventory, run in a worker: nothing here may block the event loop, and
nothing here needs it."""

import os
import select
import signal
import time
from contextlib import suppress
from typing import Any

from gevent.monkey import get_original

from vurti.inventory.answer import Failed
from vurti.inventory.settings import InventorySettings

PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR")
"""What a program gets of our own environment: it may hold secrets that are not the program's."""

_STARTER = ("/bin/sh", "-c", 'cd -- "$1" || exit 126; shift; exec "$@"', "vurti")
_CHUNK_BYTES, _STDERR_BYTES_MAX, _SAID_MAX = 65_536, 4096, 200
_PIPE_CHUNKS_MAX = 16
"""No pipe holds more chunks, unless a privileged process has made it so."""
_poll: Any = get_original("select", "poll")
_spawn: Any = get_original("os", "posix_spawn")  # gevent's own works in the main thread only


class Program:
    """Runs the command of `settings` in a process group of its own, which is killed at its
    time-out, when it prints too much and on `abort`, and of which nothing is left when it ends."""

    def __init__(self, settings: InventorySettings) -> None:
        ours = os.environ
        self._settings = settings
        self._environment = {name: ours[name] for name in PASSED_ON if name in ours}
        self._secrets = [value.reveal() for value in settings.environment.values()]
        self._environment.update(
            {name: value.reveal() for name, value in settings.environment.items()}
        )
        self._aborted = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fetch(self) -> bytes | Failed:
        """What it printed. Blocks; never longer than its time-out."""
        self._forget_abort()
        try:
            run = Run(self._words(), self._environment)
        except OSError as error:
            return Failed(f"its program cannot be started: {error.strerror}")
        try:
            return self._outcome(run)
        finally:
            run.end()

    def forget(self) -> None:
        """Each run is a new one."""

    def abort(self) -> None:
        """Let a fetch that is under way fail at once. May be called from any thread."""
        os.eventfd_write(self._aborted, 1)

    def close(self) -> None:
        """Nothing is fetched any more."""
        os.close(self._aborted)

    def _forget_abort(self) -> None:
        with suppress(BlockingIOError):  # there may be none
            os.eventfd_read(self._aborted)

    def _words(self) -> list[str]:
        return [*_STARTER, str(self._settings.directory), *self._settings.command]

    def _outcome(self, run: "Run") -> bytes | Failed:
        settings = self._settings
        deadline = time.monotonic() + settings.timeout_secs
        while not run.ended:
            left = deadline - time.monotonic()
            if left <= 0:
                return Failed(f"its program took longer than {settings.timeout_secs:g} s")
            if run.wait(left, self._aborted):
                return Failed("its program was ended")
            if len(run.printed) > settings.reply_bytes_max:
                return Failed(f"its program printed more than {settings.reply_bytes_max} bytes")
        return bytes(run.printed) if run.how == "" else Failed(self._told(run))

    def _told(self, run: "Run") -> str:
        """How it ended, and the last line of what it complained of, without our secrets."""
        lines = run.complained.decode(errors="replace").strip().splitlines()
        last = lines[-1].strip() if lines else ""
        for secret in self._secrets:
            last = last.replace(secret, "***") if secret else last
        return f"its program {run.how}" + (f": {last[:_SAID_MAX]}" if last else "")


class Run:
    """One process: what it `printed` and `complained` of so far, whether it has `ended`, and in
    words `how`; that is empty where it ended well. Raises OSError where it cannot be begun."""

    def __init__(self, words: list[str], environment: dict[str, str]) -> None:
        self.printed, self.complained = bytearray(), b""
        self.ended, self.how = False, ""
        outs, errs = os.pipe(), os.pipe()
        try:
            self._pid: int = _spawn(
                words[0], words, environment,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, outs[1], 1),
                    (os.POSIX_SPAWN_DUP2, errs[1], 2),
                ],
                setpgroup=0, setsigmask=(), setsigdef=(signal.SIGPIPE, signal.SIGINT),
            )  # fmt: skip
        except BaseException:
            os.close(outs[0])
            os.close(errs[0])
            raise
        finally:
            os.close(outs[1])
            os.close(errs[1])
        self._out, self._err = outs[0], errs[0]
        self._open = {self._out, self._err}
        self._process = os.pidfd_open(self._pid)

    def wait(self, secs: float, aborted: int) -> bool:
        """Until it says something, ends, or the time is over; whether `aborted` was set."""
        ready = self._ready(secs, aborted)
        for end in (self._out, self._err):
            if end in ready:
                self._read(end)
        if self._process in ready:
            self._drain()
            self.how, self.ended = self._status(), True
        return aborted in ready

    def end(self) -> None:
        """Kill what is left of it, and let go of everything. Waits for nobody else's doing."""
        with suppress(ProcessLookupError, PermissionError):  # gone, or somebody else's by now
            os.killpg(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):  # somebody else in this process waits for all children
            os.waitid(os.P_PID, self._pid, os.WEXITED)
        for end in (self._out, self._err, self._process):
            os.close(end)

    def _ready(self, secs: float, aborted: int) -> set[int]:
        looking = _poll()
        for end in (*self._open, self._process, aborted):
            looking.register(end, select.POLLIN)
        return {end for end, _ in looking.poll(max(1, round(secs * 1000)) if secs else 0)}

    def _drain(self) -> None:
        """What it left in its pipes. What it began may hold them open: they are not waited for."""
        for _ in range(_PIPE_CHUNKS_MAX):
            for end in self._open & self._ready(0, self._process):
                self._read(end)

    def _read(self, end: int) -> None:
        data = os.read(end, _CHUNK_BYTES)
        if not data:
            self._open.discard(end)
        elif end == self._out:
            self.printed += data
        else:
            self.complained = (self.complained + data)[-_STDERR_BYTES_MAX:]

    def _status(self) -> str:
        try:
            told = os.waitid(os.P_PIDFD, self._process, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            return "ended in a way that somebody else was told"
        assert told is not None
        if told.si_code == os.CLD_EXITED:
            return f"ended with status {told.si_status}" if told.si_status else ""
        return f"was ended by signal {told.si_status}"
