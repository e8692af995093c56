"""One host, asked at its beats: an Observable of polls that failures never end."""

import zlib
from collections.abc import Callable

from loguru import logger
from msgspec.structs import replace
from reactivex import Observable, abc
from reactivex.disposable import Disposable

from vurti.clock import Clock, Task, Timeout
from vurti.model import Host, Miss, Missed, Poll, Question
from vurti.streams.beats import Beat, Thinning
from vurti.streams.endpoint import Endpoint
from vurti.streams.fetchers import fetchers
from vurti.streams.lateness import Lateness
from vurti.streams.poll_settings import PollSettings

_LATE_SECS, _LEFT_OUT_MAX = 0.25, 3
STATISTICS = (Question.VM_STATISTICS, Question.VDS_STATISTICS)


class HostPolls:
    """The polls of one host. Subscribing to `observable` starts them, disposing ends them.

    States are asked in one task at absolute moments, spread over the hosts by a stable hash, and
    never twice at once: a beat that comes too early is `skipped`, not queued. Statistics are asked
    each in a task of its own, so one that hangs delays nothing else. While `demand()` is under 1
    beats are left out (`thinned`, see beats.Thinning; none for states while they are `awaited`):
    that is neither a miss nor a success; nor are the beats that the host's own words make needless
    (`stretched`). What is asked for besides the beats is never left out, since a rule waits for it.
    Beats that are much too late are left out as well, three in a row at most: then we have more to
    do than we can. `late_secs` is how much later than its moment the last question about states
    left, `late_max_secs` the most so far, and `lateness` gets each: that is our own slowness, since
    a host that still answers the question before is waited for first.
    """

    def __init__(
        self,
        host: Host,
        endpoint: Endpoint,
        clock: Clock,
        schedule: PollSettings,
        demand: Callable[[], float] = lambda: 1.0,
        lateness: Lateness | None = None,
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self.host, self.schedule = host, schedule
        self.asked = self.skipped = self.thinned = self.stretched = self.bugs = 0
        self.told = 0  # answers and misses that were given on
        self.unanswerable = 0  # asked for something that the source cannot tell
        self.late_secs = self.late_max_secs = self._took_secs = 0.0
        self._states_at = float("-inf")  # when it last told states, or missed that
        self.lateness = lateness if lateness is not None else Lateness()
        self.observable: Observable[Poll] = Observable(self._subscribe)
        self._endpoint, self._clock = endpoint, clock
        self._woken = clock.signal()
        self._demand, self._awaited = demand, awaited
        self.reschedule(schedule)
        self._left_out = 0
        self._free_at = float("-inf")
        self._asked_at: dict[Question, float] = {}
        self._in_doubt = False  # it has not answered the last question yet, or missed it
        self._phase = _phase(host)
        self._observer: abc.ObserverBase[Poll] | None = None
        self._beats: Task | None = None
        self._asking: dict[Question, Task] = {}
        self._wanted: dict[Question, dict[str, None]] = {}  # of which VMs, if of some

    def reschedule(self, schedule: PollSettings) -> None:
        """Beats and time-outs are these from now on; what is under way keeps its own."""
        self.schedule = schedule
        secs = (schedule.status_secs, schedule.statistics_secs, schedule.thinned_secs_max)
        self._thinning = Thinning(self._demand, *secs, awaited=self._awaited)
        secs_max = (schedule.timeout_secs, schedule.statistics_timeout_secs)
        self._fetchers = fetchers(self.host.id, self._endpoint, *secs_max)
        self._woken.set()

    def ask(self, question: Question, vms: tuple[str, ...] = (), *, anew: bool = True) -> None:
        """Ask it now, besides the beats. The answer that counts leaves after this call: where the
        same question is under way it is asked once more behind it, unless that will do (not
        `anew`); where it waits already, once, of all VMs that either was about. Where the source
        cannot tell, nothing comes; but an end may be held back for external data, so of those a
        miss says that they were not asked for."""
        if question not in self._endpoint.questions:
            self.unanswerable += 1
            if question is not Question.EXTERNAL_DATA:
                return
        if not anew and question in self._asking:
            return
        self._wanted.setdefault(question, {}).update(dict.fromkeys(vms))
        self._woken.set()

    def took_secs(self, now: float) -> float:
        """How long the last question about states took to be answered or missed; the one that is
        under way counts as soon as it has taken longer."""
        asked_at = self._last_asked(Question.VMS)
        under_way = now - asked_at if self._states_at < asked_at else 0.0
        return max(self._took_secs, under_way)

    def _subscribe(
        self, observer: abc.ObserverBase[Poll], _scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        if self._observer is not None:
            raise RuntimeError(f"{self.host.id} is being polled already: share the stream")
        self._observer = observer
        self._beats = self._clock.spawn(self._beat)
        return Disposable(self._stop)

    def _stop(self) -> None:
        self._observer = None
        tasks = [*self._asking.values(), *([self._beats] if self._beats else [])]
        self._asking.clear()  # one that had not started yet will not do it itself
        for task in tasks:
            task.kill()

    def _beat(self) -> None:
        schedule, states, statistics = self._begin_to_beat()
        subscriber = self._observer
        while self._observer is subscriber:  # who is let go from within goes at once
            if schedule is not self.schedule:
                schedule, states, statistics = self._begin_to_beat()
            if not self._ready():
                self._woken.wait(until=min(states.due, statistics.due))
            self._woken.clear()
            now = self._clock.now()
            late = now - max(states.due, self._free_at)
            too_late = self._is_too_late(late)
            if now >= statistics.due:
                self._want_statistics(now, too_late)
                self.skipped += statistics.step(now)
            if now >= states.due:
                self._measure(late)
                self._want_states(now, too_late)
            if not (too_late or self._thinning.nothing()):
                self._answer_wanted()
            self._free_at = self._clock.now()
            self.skipped += states.step(self._free_at) if now >= states.due else 0

    def _begin_to_beat(self) -> tuple[PollSettings, Beat, Beat]:
        schedule, now = self.schedule, self._clock.now()
        secs = (schedule.status_secs, schedule.statistics_secs)
        states, statistics = (Beat(period, self._phase, now) for period in secs)
        return schedule, states, statistics

    def _ready(self) -> bool:
        """Something is wanted that may be asked at once."""
        return not (self._wanted.keys() <= self._asking.keys() or self._thinning.nothing())

    def _is_too_late(self, late: float) -> bool:
        """Our own loop is behind: asking less lets it catch up, and those connect who wait."""
        if late <= max(self.schedule.status_secs / 4, _LATE_SECS):
            self._left_out = 0
        else:
            self._left_out = (self._left_out + 1) % (_LEFT_OUT_MAX + 1)
        return self._left_out > 0

    def _measure(self, late: float) -> None:
        self.late_secs = late
        self.late_max_secs = max(self.late_max_secs, late)
        self.lateness.add(late)

    def _want_states(self, now: float, too_late: bool) -> None:
        asked_at = self._last_asked(Question.VMS)
        if self._pushes_suffice(now, asked_at):
            self.stretched += 1
        elif not too_late and self._thinning.states(now, asked_at, self._in_doubt):
            self._wanted[Question.VMS] = {}
        else:
            self.thinned += 1

    def _pushes_suffice(self, now: float, asked_at: float) -> bool:
        """The host speaks by itself, and was asked not too long ago."""
        secs = self.schedule.status_pushed_secs
        if secs is None or not self._endpoint.pushing(self.host.id):
            return False
        return now < asked_at + secs

    def _want_statistics(self, now: float, too_late: bool) -> None:
        for question in STATISTICS:
            if question not in self._endpoint.questions:
                continue
            if too_late or not self._thinning.statistics(now, self._last_asked(question)):
                self.thinned += 1
            elif question in self._asking:
                self.skipped += 1
            else:
                self._wanted[question] = {}
                # A host whose statistics hang must be heard before they time out.
                self._in_doubt = self._in_doubt or self._thinning.is_on()

    def _last_asked(self, question: Question) -> float:
        return self._asked_at.get(question, float("-inf"))

    def _answer_wanted(self) -> None:
        """The others first, since each only needs to be started; states are asked right here."""
        for question in list(self._wanted):
            if question is not Question.VMS and question not in self._asking:
                self._asking[question] = self._clock.spawn(self._ask_apart, question)
        if Question.VMS in self._wanted:
            self._fetch(Question.VMS)

    def _ask_apart(self, question: Question) -> None:
        try:
            self._fetch(question)
        finally:
            self._asking.pop(question, None)
            self._woken.set()  # it may be wanted again

    def _fetch(self, question: Question) -> None:
        vms = self._take(question)
        self.asked += 1
        poll = self._poll(question, vms)
        if question is Question.VMS:
            self._states_at = self._clock.now()
            self._took_secs = self._states_at - self._asked_at.get(question, self._states_at)
        self._in_doubt = isinstance(poll, Missed) and poll.kind is not Miss.BUSY
        if vms and isinstance(poll, Missed):
            poll = replace(poll, vms=vms)
        if self._observer is not None:
            self.told += 1
            self._observer.on_next(poll)

    def _take(self, question: Question) -> tuple[str, ...]:
        """It is wanted no more. External data are told of one VM at a time: the others wait."""
        vms = tuple(self._wanted.pop(question, ()))
        if question is Question.EXTERNAL_DATA and len(vms) > 1:
            self._wanted[question] = dict.fromkeys(vms[1:])
            return vms[:1]
        return vms

    def _poll(self, question: Question, vms: tuple[str, ...]) -> Poll:
        """Ask the endpoint. What it raises is a bug of ours, and so is not keeping to its timeout:
        both are told as a Missed, since no stream may die of them."""
        started, secs = self._clock.now(), self._timeout_secs(question)
        if question not in self._endpoint.questions:
            reason = f"its source cannot tell {question}"
            return Missed(self.host.id, question, Miss.BUSY, reason, started)
        self._asked_at[question] = started
        try:
            with self._clock.timeout(2 * secs + 1):
                return self._fetchers.ask(question, vms)
        except Timeout:
            reason, kind = f"bug: no word {2 * secs + 1:g} s after a question", Miss.TIMEOUT
        except Exception as error:  # noqa: BLE001 - a stream must survive any of them
            reason, kind = f"bug: {type(error).__name__}: {error}", Miss.BAD_REPLY
            logger.opt(exception=error).error("fetching raised: {} {}", self.host.id, question)
        self.bugs += 1
        return Missed(self.host.id, question, kind, reason, started)

    def _timeout_secs(self, question: Question) -> float:
        apart = question in STATISTICS
        return self.schedule.statistics_timeout_secs if apart else self.schedule.timeout_secs


def _phase(host: Host) -> float:
    """Where in the period its beats lie. Hosts of one URL share it, so that one call can serve all
    of them; only the fragment tells such hosts apart."""
    shared = host.url.partition("#")[0] or host.id
    return zlib.crc32(shared.encode()) / 2**32


def polls(
    host: Host,
    endpoint: Endpoint,
    clock: Clock,
    schedule: PollSettings,
    demand: Callable[[], float] = lambda: 1.0,
) -> Observable[Poll]:
    """The polls of one host, where nothing but the beats will ever be asked."""
    return HostPolls(host, endpoint, clock, schedule, demand).observable
