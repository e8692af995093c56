"""docs/metrics.md, made from the catalogue."""

from collections.abc import Iterator

from vurti.api.metrics.catalogue import SECTIONS
from vurti.api.metrics.family import LABEL_CHARS_MAX, OTHERS, SCOPES_MAX, Family
from vurti.api.metrics.watched import Watched

_TITLE = "# Metrics"
_BEGINNING = f"""
What `vurti run` answers at `/metrics` ([operating](operating.md) tells where), for Prometheus and
whatever reads its format. This page is made from the code, and a test compares them.

No label has the name of a host or a VM, so the number of series does not grow with the fleet. Names
of clusters and inventories are cut at {LABEL_CHARS_MAX} characters, and what is unprintable in them
is escaped. The first {SCOPES_MAX} scopes by name have figures of their own; all further ones share
theirs as `{OTHERS}`: their sum, or the largest where it is an age. Counters begin at 0 with each
start unless they say otherwise. Besides these there are `process_cpu_seconds_total`,
`process_resident_memory_bytes`, `process_virtual_memory_bytes`, `process_start_time_seconds`,
`process_open_fds` and `process_max_fds`.

`vurti serve` answers those of "The program" and of "The API", and those six.
"""
_HEAD = "| name | kind | labels | what |\n|---|---|---|---|"


def reference() -> str:
    """The whole page."""
    return "\n".join((_TITLE, _BEGINNING, *_sections()))


def _sections() -> Iterator[str]:
    for title, families in SECTIONS.items():
        yield f"## {title}\n\n{_HEAD}"
        yield from (_row(family) for family in families)
        yield ""


def _row(family: Family[Watched]) -> str:
    labels = ", ".join(f"`{label}`" for label in family.labels)
    return f"| `{family.name}` | {family.kind} | {labels} | {family.help} |"
