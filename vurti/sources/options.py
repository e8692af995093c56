"""The options of sources, each of a model that the source itself declares."""

from typing import Any

from pydantic import BaseModel

from vurti.sources.registry import source_named


class SourceOptions:
    """What the tables `[sources.NAME]` say: `SourceOptions(sim=SimOptions(seed=3))`. A source that
    is not named has its defaults. `options.sim` is short for `options.of("sim")`."""

    def __init__(self, **tables: BaseModel) -> None:
        self._tables = tables

    def of(self, name: str) -> Any:
        """The options of that source, of the model that it declares. Raises SourceError where there
        is no such source, and pydantic's ValidationError where it has a key without a default."""
        given = self._tables.get(name)
        return source_named(name).options() if given is None else given

    @property
    def named(self) -> tuple[str, ...]:
        """The sources whose options were given."""
        return tuple(self._tables)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # pickle and the like ask for what is not there
            raise AttributeError(name)
        return self.of(name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SourceOptions):
            return NotImplemented
        names = {*self._tables, *other._tables}
        return all(self.of(name) == other.of(name) for name in names)

    __hash__ = None  # type: ignore[assignment]  # equal by value, and the values may be anything

    def __repr__(self) -> str:
        tables = ", ".join(f"{name}={table!r}" for name, table in self._tables.items())
        return f"SourceOptions({tables})"
