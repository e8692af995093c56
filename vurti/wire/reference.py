"""The page docs/events.md, made from kinds and catalogue: `python -m vurti.wire.reference`."""

import inspect
import sys

from vurti.events import KINDS, Event, Mark, Meaning, event
from vurti.events.catalogue import OF_CROSSINGS, OF_EXPECTATIONS, OF_VDSS, OF_VMS
from vurti.events.promises import AWAITED, INTENTS
from vurti.model import OF_HOSTS, PauseStatus, Vm, VmStatus
from vurti.wire.fields import ADDED, OF_A_HOST, OF_A_VM, OF_EVERY_EVENT
from vurti.wire.ndjson import line

_HEAD = """\
# Events

<!-- Made from the code by `python -m vurti.wire.reference`; a test keeps it current. -->

An event is the difference of two values of one VM or host. `vurti events` shows the committed ones,
`--json` and `vurti run CONFIG --events -` write one JSON object a line (NDJSON):

```json
{example}
```

Two events of one thing add up to one: where a sum had to be made, it carries the range `seq_first`
to `seq`, the statuses `passed`, and the marks of all. What a mark calls lasting is never summed
away, also where the thing came back to where it began.
"""

_MARKS = """\
What an event is known to contain besides the difference of its ends. The severity of an event is
the worst of its marks. Within its flood window the same mark of the same thing is not told again:
then the event goes without it, and `vurti explain` counts what was left out. The specification's
name is that of oVirt's audit log.
"""

_EXPECTATIONS = """\
What an embedder announced (`adapter.expect(…)`, `vurti expect`), so that what follows is judged as
its own doing. Each ends by an event that is marked met, failed, expired or cancelled.
"""

_INTENTS = """\
What a manager should now do. vurti does nothing of it; it says it, with the time until which it
holds and the sequence that it rests on, and takes it back when its ground is gone. All are off
until `[rules] intents = ["restart_vm", …]` of the [configuration](configuration.md) names them. The
same intent is not raised again while it is open, and none leaves before it is committed.
"""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [
        _HEAD.format(example=_example()),
        "## Keys\n",
        _keys(OF_EVERY_EVENT),
        "Of VMs:\n",
        _keys(OF_A_VM),
        "Of hosts:\n",
        _keys(OF_A_HOST),
        "## Kinds\n",
        *(_kind(kind) for kind in KINDS.values()),
        "## Marks\n",
        _MARKS,
        *_marks("VMs", OF_VMS),
        *_marks("expectations", OF_EXPECTATIONS),
        *_marks("things that change scope", OF_CROSSINGS),
        *_marks("hosts", OF_VDSS),
        "## Expectations\n",
        _EXPECTATIONS,
        _table(("announced", "of", "it is"), _awaited()),
        "## Intents\n",
        _INTENTS,
        _table(("intent", "a manager should", "raised where", "taken back where"), _intents()),
    ]
    return "\n".join(parts)


def _example() -> str:
    up = Vm("vm1", "web", VmStatus.UP, run_on="alpha")
    full = Vm("vm1", "web", VmStatus.PAUSED, "alpha", pause_status=PauseStatus.ENOSPC)
    told = event(
        up,
        full,
        (Mark.PAUSED_ENOSPC,),
        id="system.1.9f0c.vm1.4",
        seq=4,
        reason="paused for lack of disk space (ENOSPC)",
        rule="7.2 paused",
        host="alpha",
        observed_at=1_767_225_600.062,
    )
    assert told is not None
    return line(told, 1_767_225_600.31, "east")


def _kind(kind: type[Event]) -> str:
    about = " ".join((inspect.getdoc(kind) or "").split())
    added = ADDED.get(kind, {})
    return "\n".join([f"### {kind.__name__}\n", f"{about}\n", *([_keys(added)] if added else [])])


def _keys(fields: dict[str, str]) -> str:
    return _table(("key", "what it is"), [(f"`{key}`", about) for key, about in fields.items()])


def _marks(of: str, meanings: dict[Mark, Meaning]) -> list[str]:
    rows: list[tuple[str, ...]] = [
        (
            f"`{mark}`",
            meaning.words,
            str(meaning.severity),
            _window(meaning.window_secs),
            "yes" if meaning.lasting else "",
            f"`{meaning.spec}`" if meaning.spec else "",
        )
        for mark, meaning in meanings.items()
    ]
    head = ("mark", "meaning", "severity", "flood window", "lasting", "specification")
    return [f"### Of {of}\n", _table(head, rows)]


def _window(secs: float) -> str:
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if secs >= size:
            return f"{secs / size:g} {unit}"
    return f"{secs:g} s" if secs else ""


def _awaited() -> list[tuple[str, ...]]:
    return [
        (f"`{kind}`", "host" if kind in OF_HOSTS else "VM", words)
        for kind, words in AWAITED.items()
    ]


def _intents() -> list[tuple[str, ...]]:
    return [
        (f"`{kind}`", ground.words, ground.raised, ground.withdrawn)
        for kind, ground in INTENTS.items()
    ]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
