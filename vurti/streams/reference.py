"""The page docs/operators.md, made from the catalog: `python -m vurti.streams.reference`.

With names of operators behind it, also of your own packages, only what there is to say of those.
"""

import inspect
import sys
import textwrap
from collections.abc import Sequence

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from vurti.streams.catalog import CATALOG, Entry
from vurti.streams.conditions import FIELDS
from vurti.streams.flow import ALL, EVENTS, Flow
from vurti.streams.own import entry_named
from vurti.streams.reference_text import HEAD, TAIL

_STANDS = {
    (Flow.UNBROKEN,): "Must stand before any step that breaks the stream: {why}.",
    EVENTS: "Must stand before any step that derives: {why}.",
    (*EVENTS, Flow.DERIVED): "",
}
_MAKES = {
    None: "",
    Flow.UNBROKEN: "",
    Flow.BROKEN: "Breaks the stream: steps that add up must stand before it.",
    Flow.DERIVED: "Derives: what comes out is about no single VM or host.",
}


def page() -> str:
    """The whole page, in Markdown."""
    sections = [section(entry) for entry in CATALOG.values()]
    return "\n".join([HEAD, *sections, TAIL.replace("{fields}", _fields())])


def section(entry: Entry) -> str:
    """What there is to say of one operator, be it of the catalog or somebody's own."""
    first, _, rest = (inspect.getdoc(entry.function) or "").partition("\n")
    body = [_prose(textwrap.dedent(rest).strip("\n"))] if rest.strip() else []
    about = [
        "It is no step of a chain." if entry.written else "",
        "Nothing can stand behind it." if entry.last else "",
        _STANDS.get(entry.takes, _stands(entry)).format(why=entry.why),
        _MAKES[entry.gives],
    ]
    rows = [_row(key, field) for key, field in entry.settings.model_fields.items() if key != "op"]
    table = ["| setting | default | |", "|---|---|---|", *rows, ""] if rows else []
    told = [line for line in about if line]
    parts = [f"## {entry.name}\n", f"{first}\n", *body, *told, *([""] if told else []), *table]
    return "\n".join(parts)


def _stands(entry: Entry) -> str:
    taken = ", ".join(flow for flow in ALL if flow in entry.takes)
    return f"Must stand where the stream is {taken}: {{why}}."


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
    return "none" if field.default in (None, (), {}) else f"`{field.default}`"


def _fields() -> str:
    plain = [(name, field) for name, field in FIELDS.items() if "." not in name]
    rows = [f"| `{name}` | {field.kind} | {field.about} |" for name, field in plain]
    state = [name.removeprefix("after.") for name in FIELDS if name.startswith("after.")]
    rows += [
        "| `before.…`, `after.…` | as it is | a part of the state before and after the event: "
        + ", ".join(f"`{name}`" for name in state)
        + " |",
        "| `labels.…` | as it is | a label that `set` or `dampen` has put on it |",
        "| `by.…` | text | of `Counted`: what its events have in common |",
    ]
    return "\n".join(["| field | kind | |", "|---|---|---|", *rows])


def told(names: Sequence[str]) -> str:
    """The page, or what there is to say of these operators. Raises OperatorError for one that there
    is not."""
    return "\n".join(section(entry_named(name)) for name in names) if names else page()


if __name__ == "__main__":
    sys.stdout.write(told(sys.argv[1:]))
