"""What the linters do not say: sizes, words, and what may be used where."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES_MAX, TEST_FILE_LINES_MAX, FUNCTION_LINES_MAX = 300, 600, 40

EMPTY_NAMES = re.compile(r"(Manager|Helper|Util|Utils|Base|Handler)$|^(Base|Abstract)[A-Z]")
WORD_NAMES = re.compile(r"(^|_)(manager|helper|helpers|util|utils|misc|common)(_|$)")
MUTED = re.compile(r"#\s*(noqa|type:\s*ignore|ruff:|mypy:)")
REASON = re.compile(r"(noqa: [A-Z0-9, ]+|\])[\s#]+\S+|#\s*(ruff|mypy):.*\s\S+\s\S+")
TIMED = {"interval", "timer", "observe_on", "debounce", "throttle_with_timeout", "group_by"}
"""What waits by a scheduler of its own, or makes a stream for each VM."""
SLEEPING = re.compile(r"\b(time\.sleep|gevent\.sleep|threading\.Timer|threading\.Thread)\(")
WAITING_FOR_A_PERSON = {"vurti/cli/announcing.py"}
"""They wait for another process for somebody at a terminal; there is no clock to hand in."""

Findings = dict[str, list[str]]


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    """Name and text of every module in these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def found(look: Callable[[str, str], Iterable[str]], *folders: str) -> Findings:
    """What `look` finds in each module, without those where it finds nothing."""
    findings = {name: list(look(name, text)) for name, text in modules(*folders)}
    return {name: one for name, one in findings.items() if one}


def test_files_and_functions_can_be_read_at_a_glance() -> None:
    def long(name: str, text: str) -> Iterator[str]:
        lines_max = TEST_FILE_LINES_MAX if name.startswith("tests") else FILE_LINES_MAX
        if (lines := len(text.splitlines())) > lines_max:
            yield f"{lines} lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    yield f"{node.name}: {lines} lines"

    assert found(long, "vurti", "tests", "benchmarks") == {}


def test_every_module_says_what_it_is() -> None:
    def silent(_: str, text: str) -> Iterator[str]:
        if not ast.get_docstring(ast.parse(text)):
            yield "no docstring"

    assert found(silent, "vurti") == {}


def test_names_say_what_a_thing_is() -> None:
    def empty(name: str, text: str) -> Iterator[str]:
        if WORD_NAMES.search(Path(name).stem):
            yield name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name):
                yield node.name

    assert found(empty, "vurti", "tests", "benchmarks") == {}


def imported(text: str) -> set[str]:
    """Every name that is imported, with its module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_annotations_are_evaluated() -> None:
    def postponed(_: str, text: str) -> set[str]:
        return imported(text) & {"__future__.annotations"}

    assert found(postponed, "vurti", "tests", "benchmarks") == {}


def test_only_the_program_patches() -> None:
    def patching(_: str, text: str) -> set[str]:
        return imported(text) & {"gevent.monkey"}

    assert list(found(patching, "vurti")) == ["vurti/__main__.py"]


def test_no_stream_waits_by_a_scheduler_of_its_own() -> None:
    def timed(_: str, text: str) -> set[str]:
        used = {
            node.attr
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in {"rx", "ops", "operators", "reactivex"}
        }
        named = {name for name in imported(text) if name.startswith("reactivex")}
        return TIMED & (used | {name.rpartition(".")[2] for name in named})

    assert found(timed, "vurti") == {}


def test_nothing_sleeps_but_through_the_clock() -> None:
    def asleep(name: str, text: str) -> list[str]:
        return [] if Path(name).name.startswith("gevent_") else SLEEPING.findall(text)

    assert found(asleep, "vurti") == {name: ["time.sleep"] for name in WAITING_FOR_A_PERSON}


def test_nothing_is_interned_since_that_may_be_for_ever() -> None:
    assert found(lambda _, text: re.findall(r"\bsys\.intern\b(?!`)", text), "vurti") == {}


def test_what_is_muted_has_its_reason_beside_it() -> None:
    def without_reason(_: str, text: str) -> Iterator[str]:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            muted = token.type == tokenize.COMMENT and MUTED.match(token.string)
            if muted and not REASON.search(token.string):
                yield token.string

    assert found(without_reason, "vurti") == {}


def tracked() -> list[Path]:
    """The files of the repository, or of the tree where it is not one."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    paths = [ROOT / name for name in names] or list(ROOT.rglob("*"))
    return [path for path in paths if path.is_file()]


ELSEWHERE = re.compile(
    r"/[w]ork/(main|shared)|/tmp/[b]rief|(?<![\w}])/[r]oot/|[.][l]ibrary/|[.][.]/[s]hared"
)


def test_no_file_names_the_machine_that_it_was_written_on() -> None:
    found = [
        path.relative_to(ROOT)
        for path in tracked()
        if ELSEWHERE.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_picture_is_larger_than_300_kb() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    assert {"fleet.png", "story.png", "thousand.png"} <= sizes.keys()
    assert {name: size for name, size in sizes.items() if size > 300_000} == {}
