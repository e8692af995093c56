"""What other packages offer by entry points: found by name, and loaded when it is asked for."""

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, NamedTuple, TypeVar

from vurti.errors import VurtiError


class PlugInError(VurtiError):
    """Something that is not there or cannot be used; `way_out` says what to do about it."""

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(f"{what} ({way_out})" if way_out else what)
        self.what, self.way_out = what, way_out

    def __reduce__(self) -> tuple[type["PlugInError"], tuple[str, str]]:
        return type(self), (self.what, self.way_out)


E = TypeVar("E", bound=PlugInError)


class Offered(NamedTuple):
    """What a package offers, and how it is called in sentences."""

    whose: str
    value: object


class PlugIns(Generic[E]):
    """Those of one group. `noun` is what each of them is; `error` is raised for one that is bad."""

    def __init__(self, group: str, noun: str, error: type[E]) -> None:
        self.group, self._noun, self._error = group, noun, error

    @cached_property
    def points(self) -> dict[str, tuple[EntryPoint, ...]]:
        """By name, without loading any; looking for them takes a while, so it is done once."""
        found: dict[str, tuple[EntryPoint, ...]] = {}
        for point in entry_points(group=self.group):
            if point not in found.get(point.name, ()):  # a package may be on the path twice
                found[point.name] = (*found.get(point.name, ()), point)
        return found

    def load(self, name: str) -> Offered:
        """The one of that name, which must be there. Raises the error where several packages have
        it, and where it cannot be loaded."""
        points = self.points[name]
        if len(points) > 1:
            packages = ", ".join(sorted(map(_package, points)))
            what = f"the {self._noun} {name!r} is in several packages"
            raise self._error(what, f"keep one: {packages}")
        whose = f"the {self._noun} {name!r} of the package {_package(points[0])}"
        try:
            return Offered(whose, points[0].load())
        except Exception as error:
            what = f"{whose} cannot be loaded: {type(error).__name__}: {error}"
            raise self._error(what) from error


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
