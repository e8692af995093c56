"""The page docs/operators.md, made from the catalog: `python -m vurti.streams.reference`."""

import inspect
import sys
import textwrap

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from vurti.streams.catalog import CATALOG, Entry, Flow

_HEAD = """\
# Operators

<!-- Made from the catalog by `python -m vurti.streams.reference`; a test keeps it current. -->

What streams of events are made of, by hand in a `pipe` or by name in a chain of the configuration:

```toml
[streams.quiet]
from  = "vms"
chain = [ { op = "settle", secs = 5, secs_max = 30 }, { op = "only", kinds = ["VmStateChanged"] } ]
```

Events are kept apart by thing, a VM or a host, and those of one thing add up: the sum goes from
where the first began to where the last ended, and a thing that came back to where it was is no
news, unless it crashed, rebooted or ran twice on the way. `VmKnown` and `VdsKnown` are no news
either and pass at once.

In the pictures one character is a second, `d` a VM going down and `u` the same VM coming up again;
`|` is the end. docs/testing.md tells how to draw your own.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *(_section(entry) for entry in CATALOG.values())])


def _section(entry: Entry) -> str:
    first, _, rest = (inspect.getdoc(entry.function) or "").partition("\n")
    body = [_prose(textwrap.dedent(rest).strip("\n"))] if rest.strip() else []
    place = [f"Must stand before any step that breaks the stream: {entry.why}."]
    breaks = ["Breaks the stream: steps that add up must stand before it."]
    parts = [
        f"## {entry.name}\n",
        f"{first}\n",
        *body,
        *(place if entry.takes is Flow.UNBROKEN else []),
        *(breaks if entry.gives is Flow.BROKEN else []),
        "",
        "| setting | default | |",
        "|---|---|---|",
        *(_row(key, field) for key, field in entry.settings.model_fields.items() if key != "op"),
        "",
    ]
    return "\n".join(parts)


def _prose(text: str) -> str:
    """Pictures become code blocks; everything else stays."""
    blocks = [block.strip("\n") for block in text.split("\n\n")]
    fenced = [
        f"```text\n{textwrap.dedent(block)}\n```" if block.endswith("|") else block
        for block in blocks
    ]
    return "\n\n".join(fenced) + "\n"


def _row(key: str, field: FieldInfo) -> str:
    about = " ".join((field.description or "").split())
    return f"| `{key}` | {_default(field)} | {about} |"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "needed"
    return "none" if field.default in (None, ()) else f"`{field.default}`"


if __name__ == "__main__":
    sys.stdout.write(page())
