"""Is this screen live? Pure: told what came, and asked by any moment. All clocks are seconds."""

from enum import StrEnum

KEEP_ALIVE_SECS = 15.0
"""vurti says something that often on a stream, if only that it is there."""
SLACK_SECS = 5.0
BEHIND_SECS = 3.0


class Phase(StrEnum):
    """How it stands with what is shown."""

    CONNECTING = "connecting"
    LIVE = "live"
    BEHIND = "behind"
    LOST = "LOST"


class Standing:
    """Fed by what follows the stream. `mono` is our monotonic clock, `wall` our wall clock; vurti's
    clock is ours and `offset`."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.why = ""  # it was lost
        self.known_at: float | None = None  # vurti's clock when the stream last said something
        self.heard_at: float | None = None  # mono, when anything was last heard of vurti
        self._word_at: float | None = None  # mono, when the stream last said something
        self._lost_at: float | None = None
        self._lag, self._lag_at = 0.0, 0.0

    def begun(self, mono: float, vurti_now: float) -> None:
        """All is known, and what happens is followed."""
        self._lost_at, self.why, self._lag = None, "", 0.0
        self.word(mono, vurti_now)

    def word(self, mono: float, vurti_now: float) -> None:
        """Something came on the stream."""
        self._word_at = self.heard_at = mono
        self.known_at = vurti_now

    def told(self, committed_at: float, mono: float, vurti_now: float) -> None:
        """An event that was stored then: so far is what is shown behind."""
        self._lag, self._lag_at = max(0.0, vurti_now - committed_at), mono

    def lost(self, why: str, mono: float) -> None:
        """It broke."""
        self.why = why
        if self._lost_at is None:
            self._lost_at = mono

    def answered(self, mono: float) -> None:
        """It answered something else."""
        self.heard_at = mono

    def clock(self, vurti_now: float, wall: float) -> None:
        """The time was told by vurti."""
        self.offset = vurti_now - wall

    def silent_secs(self, mono: float) -> float:
        """Since the last word of the stream."""
        return 0.0 if self._word_at is None else mono - self._word_at

    def phase(self, mono: float) -> Phase:
        """How it stands. No word for longer than vurti would ever be silent is as bad as a broken
        line: nobody knows then what is so."""
        if self._word_at is None and self._lost_at is None:
            return Phase.CONNECTING
        if self._lost_at is not None or self.silent_secs(mono) > KEEP_ALIVE_SECS + SLACK_SECS:
            return Phase.LOST
        lags = self._lag > BEHIND_SECS and mono - self._lag_at < BEHIND_SECS
        return Phase.BEHIND if lags else Phase.LIVE
