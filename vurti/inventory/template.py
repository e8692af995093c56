"""Texts made of an Ansible host's variables: `vdsm://{ansible_host}`, `{rack|nowhere}`.

Names are looked up and nothing else: no attributes, no calls, no formats, since variables come from
outside.
"""

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{([A-Za-z_]\w*)(?:\|([^{}]*))?\}")


class Unfilled(Exception):
    """What is missing or cannot be put in."""


def fill(template: str, variables: Mapping[str, Any]) -> str:
    """The template with each `{name}` replaced by that variable, `{name|text}` by the text where
    there is none. Raises Unfilled where one is missing, is neither a text nor a number, or is a
    template of Ansible's own."""

    def value(match: re.Match[str]) -> str:
        name, otherwise = match[1], match[2]
        found = variables.get(name)
        if found is None or found == "":
            if otherwise is None:
                raise Unfilled(f"has no variable {name}")
            return otherwise
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise Unfilled(f"its variable {name} is neither a text nor a whole number")
        if "{{" in str(found):
            raise Unfilled(f"its variable {name} is a template of Ansible's, not a value")
        return str(found)

    return _PLACE.sub(value, template)


def flaw(template: str) -> str | None:
    """What is wrong with a template, None where nothing is."""
    rest = _PLACE.sub("", template)
    return "write {NAME} or {NAME|TEXT}" if "{" in rest or "}" in rest else None
