"""The container file. There may be no engine to build it with; what it copies, installs and runs is
there all the same."""

import configparser
import json
import re
from pathlib import Path

from click.testing import CliRunner

from vurti.cli import vurti
from vurti.config import ListenSettings

ROOT = Path(__file__).parents[2]
FILE = ROOT / "contrib" / "container" / "Containerfile"
Steps = list[tuple[str, str]]


def stages() -> list[Steps]:
    """The instructions of each stage, with continued lines joined."""
    lines = [line for line in FILE.read_text().splitlines() if not line.startswith("#")]
    text = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found: list[Steps] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append((name, rest.strip()))
    return found


def of(steps: Steps, name: str) -> list[str]:
    return [rest for one, rest in steps if one == name]


def test_what_it_copies_from_the_source_is_all_that_the_package_is_built_from() -> None:
    build, final = stages()
    copied = {name for rest in of(build, "COPY") for name in rest.split()[:-1]}
    assert all((ROOT / name).exists() for name in copied)
    assert {"pyproject.toml", "setup.cfg", "README.md", "LICENSE", "vurti"} == copied
    assert all(rest.startswith("--from=build ") for rest in of(final, "COPY"))


def test_the_extras_that_it_installs_are_there() -> None:
    build, _ = stages()
    (run,) = of(build, "RUN")
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    (extras,) = re.findall(r'install [^"]*"\.\[([\w,]+)\]"', run)
    assert set(extras.split(",")) <= set(config["options.extras_require"])


def test_in_the_end_there_is_nothing_to_build_with_and_nobody_is_root() -> None:
    _, final = stages()
    assert not any(re.search("pip|apt|gcc", rest) for rest in of(final, "RUN"))
    (user,) = of(final, "USER")
    assert user.isdigit()
    assert int(user) > 0
    assert f"--uid {user}" in of(final, "RUN")[0]
    assert [one for one, _ in final].index("USER") > [one for one, _ in final].index("COPY")


def test_what_it_runs_is_a_command_of_vurti() -> None:
    _, final = stages()
    assert [json.loads(rest) for rest in of(final, "ENTRYPOINT")] == [["vurti"]]
    (words,) = [json.loads(rest) for rest in of(final, "CMD")]
    assert CliRunner().invoke(vurti, [words[0], "--help"]).exit_code == 0


def test_its_health_is_asked_where_vurti_answers_by_default() -> None:
    _, final = stages()
    place = ListenSettings().place
    assert place is not None
    (health,) = of(final, "HEALTHCHECK")
    assert f"http://127.0.0.1:{place.port}/livez" in health
    assert of(final, "EXPOSE") == [str(place.port)]
