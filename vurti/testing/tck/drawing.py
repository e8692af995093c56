"""Settings for operators of the catalog, drawn from what their models allow."""

from collections.abc import Iterable
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from vurti.streams.steps import StepSettings
from vurti.testing.tck.history import HOST, VMS

SECS = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0)
"""Times that are worth trying beside histories of some seconds, those that coincide among them."""


def steps(model: type[StepSettings]) -> st.SearchStrategy[StepSettings]:
    """Settings that the model takes. Raises TypeError for a kind of setting that is not known
    here: a strategy for the model has to be handed in then."""
    return _models(model).filter(lambda made: made is not None)


def _models(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    needed: dict[str, st.SearchStrategy[Any]] = {}
    free: dict[str, st.SearchStrategy[Any]] = {}
    for name, field in model.model_fields.items():
        where = needed if field.is_required() else free
        where[name] = _drawn(field.annotation, field.metadata, _names(field))

    def made(given: dict[str, Any]) -> BaseModel | None:
        try:
            return model.model_validate(given)
        except ValidationError:  # two settings that do not fit each other
            return None

    return st.fixed_dictionaries(needed, optional=free).map(made)


def _drawn(kind: Any, bounds: Iterable[Any], names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        inner = next((part for part in parts[1:] if isinstance(part, FieldInfo)), None)
        metadata = [*parts[1:], *(inner.metadata if inner else ())]
        return _drawn(parts[0], metadata, _names(inner) if inner else ())
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in (Union, UnionType):
        return st.one_of(*(_drawn(part, bounds, names) for part in parts))
    if origin in (tuple, list):
        return st.lists(_drawn(parts[0], (), names), max_size=3).map(origin)
    if origin is dict:
        return st.dictionaries(_drawn(parts[0], (), ()), _drawn(parts[1], (), ()), max_size=2)
    return _plain(kind, list(bounds), names)


def _plain(kind: Any, bounds: list[Any], names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if kind is NoneType:
        return st.none()
    if kind is bool:
        return st.booleans()
    if kind is float:
        return st.sampled_from([secs for secs in SECS if _within(secs, bounds)])
    if kind is int:
        return st.sampled_from([count for count in range(30) if _within(count, bounds)])
    if kind is str:
        return st.sampled_from(names or (*VMS, HOST, "vm*", "*"))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _models(kind)
    raise TypeError(f"the kit cannot draw a {kind}: hand in a strategy for these settings")


def _within(number: float, bounds: list[Any]) -> bool:
    """As annotated_types has them: each bound is an object with one of these attributes."""
    return all(
        number > getattr(bound, "gt", -1)
        and number >= getattr(bound, "ge", number)
        and number < getattr(bound, "lt", number + 1)
        and number <= getattr(bound, "le", number)
        for bound in bounds
    )


def _names(field: FieldInfo) -> tuple[str, ...]:
    extra = field.json_schema_extra
    names = extra.get("names") if isinstance(extra, dict) else None
    return tuple(str(name) for name in names) if isinstance(names, list) else ()
