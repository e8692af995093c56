"""What each key of a model is for, as it stands in the code: for models that do not look at their
own code when they are imported, which every command would have to wait for."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise

from pydantic import BaseModel


def described(model: type[BaseModel]) -> dict[str, str]:
    """The sentences below the keys, by the names of these; of all classes that it is made of."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, BaseModel) and one is not BaseModel:
            found.update(_of_class(one))
    return found


def _of_class(one: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    for key, below in pairwise(body):
        match key, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)
