"""Every timer that decide sets can be explained."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

from vurti.decide.timers import AWAITING, OF_PROMISES

ROOT = Path(__file__).parents[2]


def kinds() -> Iterator[str]:
    """The kinds of all timers that the rules name: of each `wake(KIND, …)`, and of each pair in a
    Step's `timers`. A kind in a variable was named elsewhere."""
    for path in sorted((ROOT / "vurti/decide").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for kind in _named(node):
                value = _value(kind, module)
                if isinstance(value, str):
                    yield value


def _named(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(attr="wake" | "_wake"), args=[kind, _, _]):
            yield kind
        case (
            ast.keyword(arg="timers", value=pairs)
            | ast.Assign(targets=[ast.Name(id="timers")], value=pairs)
        ):
            for pair in ast.walk(pairs):
                if isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
                    yield pair.elts[0]
        case _:
            pass


def _value(kind: ast.expr, module: object) -> object:
    match kind:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return getattr(module, name, None)
        case ast.Attribute(value=ast.Name(id=room), attr=name):
            return getattr(getattr(module, room, None), name, None)
        case _:
            return None


def test_what_every_timer_would_do_can_be_told() -> None:
    assert set(kinds()) >= {"grace", "recovery", "vanished", "left", "reboots", "forget", "held"}
    assert set(kinds()) - AWAITING.keys() == set()


def test_only_timers_of_promises_are_named_by_something_else_than_a_thing() -> None:
    assert [kind for kind in OF_PROMISES if kind not in AWAITING] == []
