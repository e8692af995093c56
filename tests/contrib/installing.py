"""A package of `contrib` is installed as anybody's would be, and then used."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRIB = ROOT / "contrib"


def run(*words: str, cwd: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """`python -m` these words, with what is installed at `path`."""
    kept = {"HYPOTHESIS_STORAGE_DIRECTORY": path} if path else {}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": f"{path}:{ROOT}", **kept}, timeout=120,
    )  # fmt: skip


def install(package: Path, home: Path) -> Path:
    """The directory that pip has installed it into, from a copy: nothing is left in the tree."""
    copy, target = home / "package", home / "installed"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = run("pip", "install", *options, "--target", str(target), str(copy), cwd=copy)
    assert done.returncode == 0, done.stdout + done.stderr
    return target
