"""docs/architecture.md has every room of the house on its floor, as import-linter does."""

import configparser
import re

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_room_is_on_the_page_and_on_no_other_floor_than_import_linter_has() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    layers = config["importlinter:contract:floors"]["layers"]
    floors = re.findall(r"^\| \w+ \| (.*?) \|", PAGE, re.MULTILINE)
    told = [set(re.findall(r"`(\w+)`", floor)) for floor in floors]
    told = [rooms for rooms in told if rooms & set(re.findall(r"\w+", layers))]
    assert sorted(set().union(*told)) == sorted(re.findall(r"\w+", layers))
    height = {room: at for at, rooms in enumerate(told) for room in rooms}
    above = [height[room] for line in layers.split("\n") for room in re.findall(r"\w+", line)
             if room not in {"service", "testing"}]  # fmt: skip
    assert above == sorted(above)


def test_every_room_is_there() -> None:
    rooms = {path.stem for path in (ROOT / "vurti").iterdir() if path.suffix in ("", ".py")}
    told = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("| floor | rooms |") :].partition("\n\n")[0]))
    assert rooms - {"__init__", "__pycache__"} <= told
