"""`import vurti` costs next to nothing, changes nothing, and gives every name that it promises."""

import subprocess
import sys

import pytest

import vurti

HEAVY = ("gevent", "greenlet", "peewee", "requests", "ssl", "reactivex", "pydantic", "loguru")


def printed(code: str) -> str:
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def test_import_vurti_loads_nothing_heavy() -> None:
    code = f"import sys, vurti; print([name for name in {HEAVY} if name in sys.modules])"
    assert printed(code) == "[]"


def test_every_name_that_vurti_promises_is_there() -> None:
    names = [name for name in vurti.__all__ if not name.startswith("_")]
    assert [getattr(vurti, name).__name__ for name in names] == names


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        getattr(vurti, "nothing")  # noqa: B009  mypy would find it first


def test_importing_every_name_patches_nothing_and_takes_no_signal() -> None:
    code = (
        "import signal, socket\n"
        "before = (socket.socket, [signal.getsignal(one) for one in (2, 15)])\n"
        "import vurti\n"
        "for name in vurti.__all__: getattr(vurti, name)\n"
        "print(before == (socket.socket, [signal.getsignal(one) for one in (2, 15)]))"
    )
    assert printed(code) == "True"


LOGGING = """
import sys
import vurti
vurti.PushAdapter
from loguru import logger
logger.remove()
logger.add(sys.stdout, format="{message}")
speak = compile("logger.warning(word)", "x", "exec")
exec(speak, {"logger": logger, "word": "disabled", "__name__": "vurti.streams.polls"})
logger.enable("vurti")
exec(speak, {"logger": logger, "word": "enabled", "__name__": "vurti.streams.polls"})
"""


def test_the_library_is_silent_until_somebody_enables_its_log() -> None:
    assert printed(LOGGING) == "enabled"
