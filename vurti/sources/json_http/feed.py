"""What the hosts that share a URL share: the connections, and one GET for all that ask at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from requests import Response

from vurti.clock import Clock, Signal, Task
from vurti.model import Miss, Question
from vurti.sources.dial import Trouble
from vurti.sources.json_http.address import Address
from vurti.sources.json_http.known import Known, checked
from vurti.sources.json_http.options import JsonOptions
from vurti.sources.json_http.session import Session

_CHUNKS_A_TURN = 16


@dataclass
class Flight:
    """One GET, and who waits for it. Whoever joins before it has `started` gets what it brings:
    what changed before they asked is in it."""

    question: Question
    until: float
    seats: list[Signal] = field(default_factory=list)
    started: float | None = None
    brought: Known | Trouble | None = None

    def land(self, brought: Known | Trouble) -> None:
        """Wake all who wait; what came first counts."""
        if self.brought is None:
            self.brought = brought
            for seat in self.seats:
                seat.set()


class Feed:
    """One URL. A question has one flight under way at most and one that gathers those who ask
    meanwhile, so however many hosts there are, an agent that hangs holds two of them a question."""

    def __init__(self, where: Address, clock: Clock, options: JsonOptions) -> None:
        self.session = Session(options)
        self.gets = self.unchanged = 0
        self._where, self._clock, self._options = where, clock, options
        self._keys: list[str] = []
        self._gathering: dict[Question, Flight] = {}
        self._flying: dict[Question, Flight] = {}
        self._known: dict[Question, Known] = {}
        self._tasks: dict[Task, None] = {}

    def join(self, key: str) -> None:
        """One more host is watched by this URL."""
        self._keys.append(key)

    def leave(self, key: str) -> None:
        """One host less."""
        self._keys.remove(key)

    def ask(self, key: str, question: Question, seat: Signal, until: float) -> Flight:
        """Wait for a GET that leaves after this call. Raises Trouble where none has landed by
        `until`, or when `seat` is set before."""
        flight = self._gathering.get(question)
        if flight is None:
            flight = self._gathering[question] = Flight(question, until)
            self._spawn(self._fly, flight)
        flight.until = max(flight.until, until)
        flight.seats.append(seat)
        seat.wait(until)
        if flight.brought is None:
            before = "" if flight.started is not None else "; one asked before has not been either"
            raise Trouble(Miss.TIMEOUT, f"{self._where.place}: not answered in time{before}")
        if isinstance(flight.brought, Known) and not flight.brought.names_hosts:
            self._must_be_alone()
        return flight

    def close(self) -> None:
        """End everything; who still waits is told."""
        for task in tuple(self._tasks):
            task.kill()
        for flight in (*self._gathering.values(), *self._flying.values()):
            flight.land(Trouble(Miss.NETWORK, "the endpoint was closed"))
        self.session.close()

    def _must_be_alone(self) -> None:
        if len(self._keys) > 1:
            reason = "the answer is of one host and does not say which, but several share its URL"
            raise Trouble(Miss.DECODE, f"decode: {reason}")

    def _fly(self, flight: Flight) -> None:
        """Gather, wait for the flight before, ask, and land in time whatever the agent does."""
        before = self._flying.get(flight.question)
        if before is not None and before.brought is None:
            turn = self._clock.signal()
            before.seats.append(turn)
            turn.wait()
        elif len(self._keys) > 1:
            self._clock.sleep_until(self._clock.now() + self._options.gather_secs)
        del self._gathering[flight.question]
        if self._clock.now() >= flight.until:
            flight.land(Trouble(Miss.TIMEOUT, "nobody waited any more"))
            return
        self._flying[flight.question] = flight
        flight.started = self._clock.now()
        request = self._spawn(self._get, flight)
        if not request.join(flight.until):  # requests has no deadline for the whole of an answer
            flight.land(Trouble(Miss.TIMEOUT, f"{self._where.place}: not answered in time"))
            request.kill()
        if self._flying.get(flight.question) is flight:
            del self._flying[flight.question]

    def _get(self, flight: Flight) -> None:
        known = self._known.get(flight.question)
        left = max(flight.until - self._clock.now(), 0.001)
        try:
            self.gets += 1
            url = self._where.asking("question", flight.question)
            etag = None if known is None else known.etag
            response = self.session.get(url, "application/json", etag, left)
            try:
                flight.land(self._understood(flight.question, known, response))
            finally:
                response.close()  # hands back a connection that was read to its end, drops others
        except Trouble as trouble:
            flight.land(Trouble(trouble.kind, f"{self._where.place}: {trouble.reason}"))
        finally:
            flight.land(Trouble(Miss.BAD_REPLY, "bug: a request ended without a word"))

    def _understood(self, question: Question, known: Known | None, response: Response) -> Known:
        if response.status_code == 304 and known is not None and known.etag is not None:
            self.unchanged += 1
            self.session.some(response)  # there is no body: that frees the connection
            return known
        checked(response)
        body = b"".join(self._pieces(response))
        known = Known(question, body, response.headers.get("ETag"))
        self._known[question] = known
        return known

    def _pieces(self, response: Response) -> list[bytes]:
        pieces = []
        for piece in self.session.body(response):
            pieces.append(piece)
            if len(pieces) % _CHUNKS_A_TURN == 0:  # one that never pauses must not delay others
                self._clock.sleep_until(self._clock.now())
        return pieces

    def _spawn(self, function: Callable[[Flight], None], flight: Flight) -> Task:
        def run() -> None:
            try:
                function(flight)
            finally:
                self._tasks.pop(task, None)

        task = self._clock.spawn(run)
        self._tasks[task] = None
        return task
