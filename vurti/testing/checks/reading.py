"""From the tree of a configuration to its tests, or to complaints: all, each at its place."""

from vurti.config import Config
from vurti.errors import Complaint
from vurti.settings import Path, Tree, bind, way_out
from vurti.testing.checks.diagrams import drawn
from vurti.testing.checks.given import Cancelled, Check, Value
from vurti.testing.checks.ground import Ground
from vurti.testing.checks.known import known
from vurti.testing.checks.values import value
from vurti.testing.checks.words import CheckWords
from vurti.testing.diagram import END, ERROR

DAY_SECS, LASTS_DAYS_MAX = 86_400.0, 7
"""A day of virtual time takes a second to run."""

SAYS = {"polls": "polls", "intents": "intents"}
"""What the streams say that do not say events."""


def tests_of(tree: Tree, config: Config | None, complaints: list[Complaint]) -> list[Check]:
    """The tests in the order of the files. Those with a flaw are left out and complained of."""
    tables = tree.get(("test",))
    if tables is None:
        return []
    if not isinstance(tables, list):
        complaints.append(tree.complaint(("test",), "expected tables, each written as [[test]]"))
        return []
    found: list[Check] = []
    for index in range(len(tables)):
        ground = Ground(tree, config, [])
        test = _test(ground, ("test", index))
        complaints.extend(ground.complaints)
        if test is not None and not ground.complaints:
            found.append(test)
    return found


def _test(ground: Ground, path: Path) -> Check | None:
    words = bind(CheckWords, ground.tree, path, ground.complaints) or _as_far_as(ground, path)
    before = known(ground, (*path, "known"))
    where = ground.tree.get((*path, "where"))
    names = list(where) if isinstance(where, dict) else []
    values = {
        name: one for name in names if (one := value(ground, (*path, "where", name))) is not None
    }
    if words is None:
        return None
    if not ground.has_stream(words.stream):
        what, hint = f"there is no stream {words.stream!r}", way_out(words.stream, ground.streams)
        ground.complain((*path, "stream"), what, hint)
    for index, host in enumerate(words.hosts):
        ground.name(host, (*path, "hosts", index))
    _diagrams(words, names, values, ground, path)
    return Check(
        where=str(ground.tree.place(path)),
        why=words.why,
        stream=words.stream,
        given=words.given,
        told=words.told,
        secs=words.secs,
        values=values,
        hosts=tuple(ground.host(name) for name in ground.named),
        known=before,
        link=words.link,
    )


def _as_far_as(ground: Ground, path: Path) -> CheckWords | None:
    """What is left of a test with a flaw, to look at its diagrams as well."""
    stream, given, told = (ground.tree.get((*path, key)) for key in ("stream", "in", "out"))
    if not (isinstance(stream, str) and isinstance(told, str)):
        return None
    given, hosts = given if isinstance(given, str) else "", ground.tree.get((*path, "hosts"))
    named = [one for one in hosts if isinstance(one, str)] if isinstance(hosts, list) else []
    return CheckWords.model_construct(stream=stream, why="", given=given, told=told, hosts=named)


def _diagrams(
    words: CheckWords, names: list[str], values: dict[str, Value], ground: Ground, path: Path
) -> None:
    used: set[str] = set()
    for key, text in (("in", words.given), ("out", words.told)):
        try:
            shown = drawn(text, names)
        except ValueError as error:
            ground.complain((*path, key), str(error))
            return
        if shown.ticks * words.secs > LASTS_DAYS_MAX * DAY_SECS:
            days = shown.ticks * words.secs / DAY_SECS
            hint = f"{LASTS_DAYS_MAX} are enough for any test"
            ground.complain((*path, key), f"it lasts {days:g} days", hint)
        signs = [sign.name for sign in shown.signs]
        used.update(signs)
        for name in dict.fromkeys(signs):
            if flaw := _flaw(key, name, names, values, words.stream):
                ground.complain((*path, key), *flaw)
    for name in names:
        if name not in used:
            hint = "draw it, or take it away"
            ground.complain((*path, "where", name), f"{name} is in neither diagram", hint)


def _flaw(
    key: str, name: str, names: list[str], values: dict[str, Value], stream: str
) -> tuple[str, str] | None:
    """What is wrong with this name in that diagram, and the way out."""
    if name == ERROR and key == "in":
        return "`#` cannot come in", "a host's failure is a value, such as { missed = … }"
    if name in (END, ERROR) or (name in names and name not in values):
        return None  # a value with a flaw has been complained of
    if name not in names:
        return f"{name!r} stands for nothing", _meant(name, names)
    one = values[name]
    if key == "in":
        return _cannot_come_in(name, one, names)
    says = SAYS.get(stream, "events")
    if one.of != says:
        return f"{name} cannot come out: {stream} says {says}", f"it is: {one.brief}"
    return None


def _meant(name: str, names: list[str]) -> str:
    if len(name) > 1 and all(letter in names for letter in name):
        return f"that is one name: put a `-` between them, or write ({name})"
    return way_out(name, names) or f"write where.{name} = …"


def _cannot_come_in(name: str, one: Value, names: list[str]) -> tuple[str, str] | None:
    if one.given is None and one.of == "events":
        return f"{name} cannot come in", "an event that does needs vm (or host), before and after"
    if one.given is None:
        return f"{name} cannot come in", f"it is: {one.brief}"
    if isinstance(one.given, Cancelled) and one.given.name not in names:
        other = one.given.name
        return f"{name} cancels {other!r}, which stands for nothing", way_out(other, names)
    return None
