"""Following a vurti over its API, in threads: everything that is, then everything that happens.

One thread follows, one asks again and again how vurti does and how old the truth is, one asks what
somebody wants to know now. What they hear they put into `news`, which is bounded: who does not take
it out is told by vurti to read all anew.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from queue import Full, Queue
from threading import Lock
from typing import NamedTuple

from vurti.cli.remote.client import Client
from vurti.cli.terminal.beats import Beat, Beats
from vurti.cli.terminal.begin import Begun, Cursors, begun, scopes_of
from vurti.cli.terminal.standing import KEEP_ALIVE_SECS, SLACK_SECS
from vurti.cli.terminal.streaming import Anew, stream
from vurti.cli.terminal.told import EventTold, Explained
from vurti.clock.plain import PlainTime
from vurti.errors import VurtiError

RETRY_SECS = 1.0
NEWS_MAX = 500
PUT_SECS = 0.5
LOOK_SECS = 0.2


class Happened(NamedTuple):
    """Something came on the stream; no events where vurti only said that it is there."""

    mono: float
    events: list[EventTold]


class Lost(NamedTuple):
    """A stream broke, or could not be had."""

    why: str
    mono: float


class Unanswered(NamedTuple):
    """What is asked again and again was refused."""

    why: str


class Answered(NamedTuple):
    """Of the VM or host (`noun` is vms or hosts) that was asked about; or why nothing is known."""

    noun: str
    thing: str
    found: Explained | None
    why: str = ""


News = Begun | Happened | Lost | Beat | Unanswered | Answered


class Follower:
    """`connect` gives a new client each time. Follows from `start` to `stop`."""

    def __init__(self, connect: Callable[[], Client]) -> None:
        self.news: Queue[News] = Queue(NEWS_MAX)
        self._connect, self._time = connect, PlainTime()
        self._stopped = self._time.signal()
        self._clients: set[Client] = set()
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(2, "vurti-top")
        self._asking = ThreadPoolExecutor(1, "vurti-top-asks")
        self._cursors: Cursors = {}
        self._streaming: Client | None = None

    def start(self) -> None:
        """Follow from now on."""
        for task in (self._follow, self._beat):
            self._pool.submit(task).add_done_callback(self._ended)

    def stop(self) -> None:
        """Follow no more; whoever waits for an answer waits no longer."""
        self._stopped.set()
        for pool in (self._pool, self._asking):
            pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for client in self._clients:
                client.cut()

    def explain(self, noun: str, thing: str, events: int) -> None:
        """Ask for a VM or host; the answer is among the news."""
        with suppress(RuntimeError):  # it is over already
            self._asking.submit(self._explain, noun, thing, events)

    def _ended(self, task: Future[None]) -> None:
        """Before its time, by a mistake of ours: then the screen must not look live."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._tell(Lost(f"vurti top is at fault: {error!r}", self._time.now()))

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._client() as client:
                    told = begun(client, self._cursors)
                self._cursors = dict(told.cursors)
                self._tell(told)
                self._stream()
            except Anew as error:
                self._cursors = {}
                self._tell(Lost(str(error), self._time.now()))
                continue
            except VurtiError as error:
                self._tell(Lost(str(error), self._time.now()))
            self._stopped.wait(self._time.now() + RETRY_SECS)

    def _stream(self) -> None:
        """Until it breaks."""
        with self._client() as client:
            self._streaming = client
            for events in stream(client, self._cursors, KEEP_ALIVE_SECS + SLACK_SECS):
                self._tell(Happened(self._time.now(), events))
        raise VurtiError("the stream has ended")

    def _beat(self) -> None:
        """That one fails is told, and no more: if vurti is gone, the stream tells."""
        beats = Beats(self._time.now)
        while not self._stopped.is_set():
            try:
                with self._client() as client:
                    for told in beats.ask(client):
                        self._tell(told)
                    if self._cursors and scopes_of(client).keys() != self._cursors.keys():
                        self._cut()
            except VurtiError as error:
                self._tell(Unanswered(str(error)))
            self._stopped.wait(max(beats.due, self._time.now() + LOOK_SECS))

    def _cut(self) -> None:
        """Whatever is followed is begun anew."""
        if self._streaming is not None:
            self._streaming.cut()

    def _explain(self, noun: str, thing: str, events: int) -> None:
        try:
            with self._client() as client:
                found = client.get_as(Explained, noun, thing, "explain", events=events)
            self._tell(Answered(noun, thing, found))
        except VurtiError as error:
            self._tell(Answered(noun, thing, None, str(error)))

    def _tell(self, news: News) -> None:
        while not self._stopped.is_set():
            with suppress(Full):
                self.news.put(news, timeout=PUT_SECS)
                return

    @contextmanager
    def _client(self) -> Iterator[Client]:
        client = self._connect()
        with self._lock:
            self._clients.add(client)
        try:
            yield client
        finally:
            with self._lock:
                self._clients.discard(client)
            client.close()
