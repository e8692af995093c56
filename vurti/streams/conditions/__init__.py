"""Conditions on events, as text: a small language without `eval`.

    severity == "error" and ha and not (cluster in ["lab", "test"] or name ~ "tmp-*")

Fields are compared by `==`, `!=`, `<`, `<=`, `>`, `>=`; `in` looks into a list, `~` and `!~` match
a text against a pattern with `*` and `?`; `and`, `or`, `not` and brackets tie these together. A
field that an event does not have is `none`: it equals nothing else and is neither less nor more.
"""

from vurti.streams.conditions.condition import Condition
from vurti.streams.conditions.error import ConditionError
from vurti.streams.conditions.fields import FIELDS, Field, Kind, field_named, nearest

__all__ = [
    "FIELDS",
    "Condition",
    "ConditionError",
    "Field",
    "Kind",
    "field_named",
    "nearest",
]
