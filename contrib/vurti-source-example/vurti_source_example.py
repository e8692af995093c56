"""VMs that are files in a directory: `directory:///var/lib/vms/alpha`."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict

from vurti.clock import Clock
from vurti.model import (
    Absence,
    Host,
    Miss,
    Missed,
    PauseStatus,
    Poll,
    Push,
    Question,
    Snapshot,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.sources import Source
from vurti.streams.endpoint import Endpoint

FILES_MAX, BYTES_MAX = 10_000, 64


class Options(BaseModel):
    """`[sources.directory]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suffix: str = ""


class Directory:
    """One host. Reading a few small files waits for nothing, so there is nothing to spawn."""

    questions = frozenset({Question.VMS})

    def __init__(self, host: Host, clock: Clock, options: Options) -> None:
        self._host, self._clock, self._suffix = host.id, clock, options.suffix
        self._path = Path(unquote(urlsplit(host.url).path))
        self._open = False

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Nothing is connected: a directory says nothing by itself."""
        self._open = True

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Read the files. What cannot be read is a miss, or an unreadable VM."""
        started = self._clock.now()
        if host != self._host or question not in self.questions:
            reason = f"{self._host} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        if not self._open:
            return Missed(host, question, Miss.NETWORK, "the endpoint is not open", started)
        try:
            files = [file for file in self._path.iterdir() if file.name.endswith(self._suffix)]
        except OSError as error:
            return Missed(host, question, Miss.NETWORK, error.strerror or str(error), started)
        if len(files) > FILES_MAX:
            return Missed(host, question, Miss.DECODE, f"more than {FILES_MAX} files", started)
        return Snapshot(host, started, self._states(files))

    def pushing(self, host: str) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """From now on all is missed."""
        self._open = False

    def _states(self, files: list[Path]) -> VmStatesAnswer:
        vms, unreadable = dict[str, VmReport](), list[str]()
        for file in files:
            vm = file.name.removesuffix(self._suffix)
            try:
                with file.open("rb") as stream:
                    word = stream.read(BYTES_MAX).decode().strip()
                vms[vm] = VmReport(status=VmStatus(word), pause_status=PauseStatus.NONE)
            except FileNotFoundError:
                continue
            except (OSError, ValueError):
                unreadable.append(vm)
        absence = Absence.UNEXPLAINED  # a file that is gone does not say why
        return VmStatesAnswer(vms, absence=absence, unreadable=tuple(unreadable))


def open_endpoint(host: Host, clock: Clock, options: Options) -> Endpoint:
    """The endpoint of one directory."""
    return Directory(host, clock, options)


def check(url: str) -> str | None:
    """What is wrong with a URL, before anything is opened."""
    parts = urlsplit(url)
    if parts.netloc or not parts.path.startswith("/"):
        return f"{url!r} names no absolute path: write directory:///PATH"
    return None


SOURCE = Source(
    name="directory",
    schemes=("directory",),
    options=Options,
    open_endpoint=open_endpoint,
    check=check,
    allowed=frozenset(),  # it reads files: no call is sent to anybody
    absence=Absence.UNEXPLAINED,
    pushes=False,
)
