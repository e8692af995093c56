"""What docs/operators.md says besides the catalog."""

HEAD = """\
# Operators

<!-- Made from the catalog by `python -m vurti.streams.reference`; a test keeps it current. -->

What streams of events are made of, by hand in a `pipe` or by name in a chain of the configuration:

```toml
[streams.quiet]
from  = "vms"
chain = [ { op = "settle", secs = 5, secs_max = 30 }, { op = "only", kinds = ["VmStateChanged"] } ]

[streams.news]
from  = ["hosts", "vms"]
chain = [
    { op = "dampen", events_max = 5, secs = 60 },
    { op = "split", into = { pages = "severity == 'error'", lab = "cluster ~ 'lab-*'" } },
]

[streams.night]
from  = "news.pages"
chain = [ { op = "set", labels = { team = "night" } } ]
```

Events are kept apart by thing, a VM or a host, and those of one thing add up: the sum goes from
where the first began to where the last ended, and a thing that came back to where it was is no
news, unless it crashed, rebooted or ran twice on the way. `VmKnown` and `VdsKnown` are no news
either and pass at once.

What an operator can stand behind is checked when the configuration is read, across all streams that
one is made of. A stream is *unbroken* while each event of a thing begins where the one before it
ended: `hosts` and `vms` are. It is *broken* once something is left out or could come twice, and
*derived* once its events are about no single thing. `polls` are no events: no operator takes them,
and they cannot be merged; a stream `from = "polls"` without a chain is the same polls under another
name. What hosts miss is told by `hosts`.

What is made of events has ids of its own, a function of the ids of all that it was made of: the
same input gives the same ids again.

In the pictures one character is a second, `d` a VM going down and `u` the same VM coming up again;
capital letters are of another VM, `p` is `vm1` pausing, and a number is a `Counted` of so many. `|`
is the end. docs/testing.md tells how to draw your own.
"""

TAIL = """\
## Conditions

`where` and `split` ask by a small language of their own; nothing of it is run as a program.

```text
severity == "error" and ha and not (cluster in ["lab", "test"] or name ~ "tmp-*")
```

- `==`, `!=` compare; `<`, `<=`, `>`, `>=` order numbers. `in [..]` looks into a list, `"crashed" in
  marks` into a field that is one; `not in` as well. `~` and `!~` match a text, or one of a list,
  against a pattern with `*` and `?`. A field that is true or false may stand alone: `ha`.
- `and` binds more than `or`, `not` more than both; brackets help. Texts stand in `"…"` or `'…'`.
- What an event does not have is `none`: `to != none`. It is equal to nothing else, and neither less
  nor more than anything.
- A text that a field never has, a field that there is not, and a comparison that can never hold are
  told with the character where they stand. A condition has at most 2000 characters and is nested at
  most 20 deep.

{fields}

## An operator of your own

It is a function that gives one, settings for the configuration, and an entry that ties them
together:

```python
from typing import Literal

from pydantic import Field
from reactivex import operators as ops

from vurti.operators import Entry, Flow, Operator, StepSettings, register


class EveryNthSettings(StepSettings):
    \"\"\"Let every n-th event pass.\"\"\"

    op: Literal["every_nth"] = "every_nth"
    n: int = Field(ge=1)


def every_nth(n: int) -> Operator:
    \"\"\"Let every n-th event pass.\"\"\"
    return ops.filter_indexed(lambda _event, index: (index + 1) % n == 0)


register(Entry("every_nth", every_nth, EveryNthSettings, gives=Flow.BROKEN, loses=True))
```

From then on `{ op = "every_nth", n = 3 }` is a step like any other: its settings are checked with
file and line, its place in a chain by what it `takes` and `gives`. `register` counts in this
process. An operator that `vurti run` and `vurti check` shall know too is in a package with an entry
point:

```toml pyproject.toml
[project.entry-points."vurti.operators"]
every_nth = "my_package:EVERY_NTH"
```

where `EVERY_NTH` is the entry. A package that is installed while vurti runs counts from the next
start. contrib/vurti-operator-example is such a package, with its tests.

- An operator must not wait: it runs between the events. One that takes time is made by
  `vurti.operators.timed`, from a class with `take`, `flush` and `drop`; its time is that of the
  stream.
- One that raises is logged, and its chain begins anew with nothing held; after ten times in a row
  without an event between, the stream ends for that subscriber.
- With `asks=True` the function gets `around` as well, which knows the facts of VMs and the clusters
  of hosts. `takes=(Flow.UNBROKEN,)` is for what adds events up (`vurti.operators.summed`).
- What it changes about an event must change its id: `vurti.operators.labelled` does so.
- In front of a [sink](sinks.md) a chain begins anew whenever no alarm of its operators waits: one
  that goes by what came earlier without an alarm says for how long (`time.remember(secs)`).
  `apart=lambda step: True` says that it goes by each VM and host alone, so that each can come to
  rest by itself.
- One that leaves events out for good `loses`; any other must end where what it took did, and tell
  of all that lasts. `vurti.testing.tck.check_entry(ENTRY)` checks that and what else is expected of
  an operator, by histories that it draws ([testing](testing.md)).
- `python -m vurti.streams.reference every_nth` prints what this page would say of it.
"""
