"""All that the terminal shows: what was heard, folded into the fleet, its feed, and how live it is.
Pure but for the clocks that are handed in."""

from collections.abc import Callable
from itertools import islice

from vurti.cli.terminal.begin import Begun
from vurti.cli.terminal.feed import Feed
from vurti.cli.terminal.figures import Keeping, Reading, keeping
from vurti.cli.terminal.fleet import Fleet
from vurti.cli.terminal.following import Answered, Happened, Lost, News, Unanswered
from vurti.cli.terminal.looks import WELL
from vurti.cli.terminal.standing import Phase, Standing
from vurti.cli.terminal.told import Ages, Explained, MorePage

UNTOLD_SECS = 30.0
"""Figures of vurti itself that are older than that say nothing of now."""


class Known:
    """`wall` and `mono` give our clocks, in seconds."""

    def __init__(self, wall: Callable[[], float], mono: Callable[[], float]) -> None:
        self.fleet, self.feed, self.standing = Fleet(), Feed(), Standing()
        self.version = ""
        self.unanswered = ""  # why vurti does not tell how it does, if that is so
        self.explained: dict[tuple[str, str], Explained | str] = {}
        self._target_secs = 0.0
        self._asked: set[str] = set()
        self._readings: tuple[Reading | None, Reading | None] = (None, None)
        self._wall, self.mono = wall, mono

    @property
    def now(self) -> float:
        """By vurti's clock, seconds since 1970."""
        return self._wall() + self.standing.offset

    def phase(self) -> Phase:
        """How live it is; nothing is shown as well while nobody tells."""
        phase = self.standing.phase(self.mono())
        self.fleet.blind = phase is Phase.LOST
        return phase

    def keeping(self) -> Keeping | None:
        """Whether vurti keeps up; None where it has not told of late, or cannot."""
        before, now = self._readings
        if now is None or self.mono() - now.mono > UNTOLD_SECS or self.phase() is Phase.LOST:
            return None
        return keeping(before, now, self.fleet.ages(), self._target_secs)

    def take(self, news: News) -> None:
        """This was heard."""
        match news:
            case Begun():
                self._begin(news)
            case Happened():
                self._happened(news)
            case Lost():
                self.standing.lost(news.why, news.mono)
            case Ages():
                self._aged(news)
            case MorePage():
                self.fleet.learn(news.items)
            case Reading():
                self._readings, self.unanswered = (self._readings[1], news), ""
                self.standing.answered(news.mono)
            case Unanswered():
                self.unanswered = news.why
            case Answered():
                self._answered(news)

    def unexplained(self, limit: int) -> list[str]:
        """Hosts that are not well, and nobody has told why; each is told of once."""
        now, fleet = self.now, self.fleet
        unwell = (one for one in fleet.hosts.values() if fleet.look(one, now).rank < WELL)
        dark = (one.id for one in unwell if not one.why)
        found = list(islice((one for one in dark if one not in self._asked), limit))
        self._asked.update(found)
        return found

    def _begin(self, news: Begun) -> None:
        self.version = news.version
        if news.snapshots:
            self.fleet.begin(news.snapshots)
            self._asked.clear()
        self._aged(news.ages)
        self.standing.begun(self.mono(), self.now)

    def _aged(self, news: Ages) -> None:
        self._target_secs = news.target_secs
        self.standing.clock(news.now, self._wall())
        self.fleet.heard(news)

    def _happened(self, news: Happened) -> None:
        self.standing.word(news.mono, self.now)
        for one in news.events:
            self.fleet.apply(one)
        if news.events:
            self.feed.add(news.events, news.mono)
            if (stored := news.events[-1].committed_at) is not None:
                self.standing.told(stored.timestamp(), news.mono, self.now)

    def _answered(self, news: Answered) -> None:
        self.explained[news.noun, news.thing] = news.found or news.why
        host = self.fleet.hosts.get(news.thing) if news.noun == "hosts" else None
        if host is not None and news.found is not None and not host.why:
            said = [one.about for one in news.found.accepted if one.rule == host.rule]
            host.why = said[-1] if said else ""
