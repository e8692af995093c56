"""Is vurti keeping up? From two readings of its own figures, /pipeline, and its health. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

LATE_SECS = 0.25
UNSTORED_SECS, UNREAD_SECS = 5.0, 1.0

Figures = Mapping[str, list[dict[str, Any]]]


class Keeping(Struct, frozen=True):
    """How vurti does: what is wrong, worst first (none: it keeps up), and some figures in words."""

    wrong: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


class Reading(Struct, frozen=True):
    """Both at one moment, `mono` by our clock."""

    mono: float
    pipeline: Figures
    health: Mapping[str, Any]


def keeping(
    before: Reading | None, now: Reading, ages: Sequence[float] = (), target_secs: float = 0.0
) -> Keeping:
    """What the reading says, and with the one before it what came between. `ages` are of the hosts
    that are well, in seconds, the youngest first: none should be above `target_secs`."""
    wrong, figures = list(_wrong(before, now)), list(_figures(before, now))
    if ages:
        p95 = ages[round(0.95 * (len(ages) - 1))]
        figures.append(f"states p95 {_secs(p95)} old, oldest {_secs(ages[-1])}")
        if p95 > target_secs:
            wrong.append(f"states are older (p95 {_secs(p95)}) than {_secs(target_secs)}")
    return Keeping(tuple(wrong), tuple(figures))


def _wrong(before: Reading | None, now: Reading) -> Iterable[str]:
    told = now.pipeline
    if (secs := _most(told, "vurti_store_failing_seconds")) > 0:
        yield f"the store refuses for {secs:.0f} s"
    for name, check in now.health.get("checks", {}).items():
        if check.get("why"):
            yield f"{name}: {check['why']}"
    if held := now.health.get("judgement_held"):
        yield f"judges no host: {held}"
    if (secs := _most(told, "vurti_unstored_age_seconds")) > UNSTORED_SECS:
        yield f"stores {secs:.0f} s late"
    if (demand := _least(told, "vurti_demand", 1.0)) < 1:
        yield f"asks hosts less often ({demand:.0%})"
    if (late := _mean(before, now, "vurti_loop_lag_seconds")) > LATE_SECS:
        yield f"runs {1000 * late:.0f} ms late"
    if (secs := _most(told, "vurti_unread_seconds")) > UNREAD_SECS:
        yield f"reads what hosts tell {secs:.1f} s late"
    if (late := _mean(before, now, "vurti_poll_lateness_seconds")) > LATE_SECS:
        yield f"polls {1000 * late:.0f} ms late"
    for name, words in (
        ("vurti_mailbox_over_total", "found no room"),
        ("vurti_subscriber_dropped_total", "dropped"),
    ):
        if (count := _grown(before, now, name)) > 0:
            yield f"{count:.0f} {words}"


def _figures(before: Reading | None, now: Reading) -> Iterable[str]:
    told = now.pipeline
    if before is not None and now.mono > before.mono:
        yield f"{_grown(before, now, 'vurti_polls_total') / (now.mono - before.mono):.0f} polls/s"
    yield f"{_sum(told, 'vurti_unstored_changes'):.0f} wait to be stored"
    late = _mean(before, now, "vurti_loop_lag_seconds")
    yield f"{1000 * late:.0f} ms late"


def _values(told: Figures, name: str) -> list[float]:
    return [float(one["value"]) for one in told.get(name, ()) if one["value"] is not None]


def _sum(told: Figures, name: str) -> float:
    return sum(_values(told, name))


def _most(told: Figures, name: str) -> float:
    return max(_values(told, name), default=0.0)


def _least(told: Figures, name: str, default: float) -> float:
    return min(_values(told, name), default=default)


def _grown(before: Reading | None, now: Reading, name: str) -> float:
    """By how much; what became less has begun anew with vurti."""
    if before is None:
        return 0.0
    past, present = _sum(before.pipeline, name), _sum(now.pipeline, name)
    return present - past if present >= past else present


def _mean(before: Reading | None, now: Reading, name: str) -> float:
    """Of what was measured between the readings."""
    count = _grown(before, now, f"{name}_count")
    return _grown(before, now, f"{name}_sum") / count if count else 0.0


def _secs(secs: float) -> str:
    return f"{secs:.1f} s" if secs < 10 else f"{secs:.0f} s"
