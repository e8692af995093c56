"""docs/museum.md, made from the exhibits and the rules: `python -m tests.museum.page`."""

import sys

from tests.museum.exhibits import exhibits, rooms, story, thread
from tests.museum.mutations import MUTATIONS

FAMILIES = {
    "absence": "Absence is not an end",
    "handover": "Two hosts, one migration",
    "stale": "Old answers and new ones",
    "slow": "One member stops none",
    "silence": "Nothing is lost without a sign",
    "storms": "Starts and outages",
    "quiet": "Quiet fleets",
}
HEAD = """\
# The museum

<!-- Made by `python -m tests.museum.page`; a test keeps it current. -->

What users of other systems have reported in public, as tests of vurti: {count} faults of seven
families, each in a few characters of a marble diagram and in our own words. They are the files of
[config/museum](../config/museum), and `vurti check` runs them like any other.

Beside each stands the rule that keeps the fault from happening here. Each is shown to be that rule:
`tests/museum` takes it away, and nothing else, and the exhibit fails.
"""


def page() -> str:
    """The whole page, in Markdown."""
    head = HEAD.format(count=len(exhibits()))
    return "\n".join([head, *(_family(name) for name in FAMILIES)])


def _family(name: str) -> str:
    rows = [
        f"| [{thread(one)}]({one.link}) | {_sentence(story(one))} | {MUTATIONS[thread(one)].rule} |"
        for one in rooms()[name].tests
    ]
    file = f"[config/museum/{name}.toml](../config/museum/{name}.toml)"
    head = ["| thread | what must be so | by which rule |", "|---|---|---|"]
    return "\n".join([f"## {FAMILIES[name]}", "", file, "", *head, *rows, ""])


def _sentence(text: str) -> str:
    return text if text.startswith("vurti") else text[0].upper() + text[1:]


if __name__ == "__main__":
    sys.stdout.write(page())
