"""What is installed is what is here."""

import configparser
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import vurti

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """Built from a copy, so that nothing is left in the tree."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vurti", copy / "vurti", ignore=ignored)
    words = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(copy)]
    built = subprocess.run(words, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
        yield archive


def test_the_wheel_has_every_module_and_says_that_it_is_typed(wheel: zipfile.ZipFile) -> None:
    here = {str(path.relative_to(ROOT)) for path in (ROOT / "vurti").rglob("*.py")}
    packed = {name for name in wheel.namelist() if name.startswith("vurti/")}
    page = (ROOT / "vurti/api/page/static").rglob("*.*")
    besides = {
        *(str(path.relative_to(ROOT)) for path in page),
        "vurti/py.typed",
        "vurti/inventory/answer.schema.json",
        "vurti/sources/json_http/answer.schema.json",
    }
    assert packed == here | besides


def test_the_wheel_has_the_version_the_licence_and_the_command(wheel: zipfile.ZipFile) -> None:
    texts = {name.rpartition("/")[2]: name for name in wheel.namelist() if ".dist-info" in name}
    metadata = wheel.read(texts["METADATA"]).decode()
    assert f"\nVersion: {vurti.__version__}\n" in metadata
    points = wheel.read(texts["entry_points.txt"]).decode()
    assert "vurti = vurti.__main__:main" in points
    assert "[pytest11]\nvurti = vurti.pytest_plugin" in points
    assert "LICENSE" in texts


def imported_from_outside() -> set[str]:
    """The names of third-party packages that the code imports."""
    pattern = re.compile(r"^\s*(?:from|import) ([a-z_][a-z0-9_]*)", re.MULTILINE)
    found = {
        name
        for path in (ROOT / "vurti").rglob("*.py")
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    }
    return {name for name in found if name not in sys.stdlib_module_names} - {"vurti"}


def test_what_the_code_imports_is_what_the_package_requires() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    lines = config["options"]["install_requires"].splitlines()
    required = {
        line.partition(">=")[0].replace("-", "_")
        for line in lines
        if line and not line.startswith("#")
    }
    missing = {name for name in imported_from_outside() if name in KNOWN} - required
    assert missing == set()
    assert required <= imported_from_outside()


KNOWN = {
    "click", "flask", "flask_openapi3", "gevent", "greenlet", "loguru", "msgspec", "peewee",
    "prometheus_client", "pydantic", "reactivex", "requests", "rich",
}  # fmt: skip
