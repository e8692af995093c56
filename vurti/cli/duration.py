"""Lengths of time as people write them."""

import re

import click

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
_TEXT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")


class Duration(click.ParamType[float]):
    """`90`, `90s`, `10m`, `2h` or `1d`, in seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        found = _TEXT.fullmatch(str(value).strip())
        secs = float(found[1]) * _UNITS[found[2]] if found and found[2] in _UNITS else 0.0
        if secs <= 0:
            self.fail(f"{value!r} is no length of time: say 90s, 10m, 2h or 1d", param, ctx)
        return secs
