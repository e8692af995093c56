"""What the hosts that share a URL share: the connections, and one GET for all that ask at once."""

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
    what changed before they asked is in it. `over` wakes the flight behind it."""

    question: Question
    over: Signal
    until: float = 0.0
    seats: list[Signal] = field(default_factory=list)
    started: float | None = None
    brought: Known | Trouble | None = None
    task: Task | None = None

    def land(self, brought: Known | Trouble) -> None:
        """Wake all who wait; what came first counts."""
        if self.brought is None:
            self.brought = brought
            self.over.set()
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

    def join(self, key: str) -> None:
        """One more host is watched by this URL."""
        self._keys.append(key)

    def leave(self, key: str) -> None:
        """One host less."""
        self._keys.remove(key)

    def ask(self, question: Question, seat: Signal, until: float) -> Flight:
        """Wait for a GET that leaves after this call. Raises Trouble where none has landed by
        `until`, or when `seat` is set before."""
        flight = self._gathering.get(question) or self._gather(question)
        flight.until = max(flight.until, until)
        flight.seats.append(seat)
        try:
            seat.wait(until)
        finally:
            flight.seats.remove(seat)
            if not flight.seats:  # requests has no deadline for the whole of an answer: we have
                self._give_up(flight)
        if flight.brought is None:
            raise Trouble(Miss.TIMEOUT, self._late(flight))
        if isinstance(flight.brought, Known) and not flight.brought.names_hosts:
            self._must_be_alone()
        return flight

    def close(self) -> None:
        """End everything; who still waits is told."""
        for flight in (*self._gathering.values(), *self._flying.values()):
            flight.land(Trouble(Miss.NETWORK, "the endpoint was closed"))
            if flight.task is not None:
                flight.task.kill()
        self.session.close()

    def _gather(self, question: Question) -> Flight:
        flight = self._gathering[question] = Flight(question, self._clock.signal())
        flight.task = self._clock.spawn(self._fly, flight)
        return flight

    def _give_up(self, flight: Flight) -> None:
        """Nobody waits any more: end what it holds, if it is still under way."""
        if flight.brought is None:
            flight.land(Trouble(Miss.TIMEOUT, self._late(flight)))
            self._forget(flight)  # a task that is killed before it begins does not do it itself
            assert flight.task is not None
            flight.task.kill()

    def _forget(self, flight: Flight) -> None:
        for stage in (self._gathering, self._flying):
            if stage.get(flight.question) is flight:
                del stage[flight.question]

    def _late(self, flight: Flight) -> str:
        before = "" if flight.started is not None else ", nor was one that was asked before"
        return f"{self._where.place}: not answered in time{before}"

    def _must_be_alone(self) -> None:
        if len(self._keys) > 1:
            reason = "the answer is of one host and does not say which, but several share its URL"
            raise Trouble(Miss.DECODE, f"decode: {reason}")

    def _fly(self, flight: Flight) -> None:
        """Gather others, wait for the flight before, and ask."""
        question = flight.question
        try:
            before = self._flying.get(question)
            if before is not None and before.brought is None:
                before.over.wait()
            elif len(self._keys) > 1:
                self._clock.sleep_until(self._clock.now() + self._options.gather_secs)
            del self._gathering[question]
            self._flying[question] = flight
            flight.started = self._clock.now()
            self._get(flight)
        finally:
            self._forget(flight)

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
