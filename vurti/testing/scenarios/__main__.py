"""`python -m vurti.testing.scenarios FILE…`."""

import sys
from fnmatch import fnmatchcase
from pathlib import Path

import click
import msgspec

from vurti.testing.scenarios.load import load
from vurti.testing.scenarios.report import as_json, counts, lines, summary
from vurti.testing.scenarios.run import Result, Verdict, run

GOOD, FOUND, USED_WRONGLY = 0, 1, 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--only", multiple=True, metavar="ID", help="An id, or a pattern such as 'VM-02*'.")
@click.option("--json", "as_objects", is_flag=True, help="One JSON object a line.")
def main(files: tuple[Path, ...], only: tuple[str, ...], as_objects: bool) -> None:
    """Run the scenarios of these files against vurti's rules, in virtual time.

    Exit status: 0 none failed, 1 some did, 2 a file or scenario cannot be used.
    """
    loaded, complaints = load(files)
    for complaint in complaints:
        click.echo(str(complaint), err=True)
    if complaints:
        sys.exit(USED_WRONGLY)
    chosen = [one for one in loaded if not only or any(fnmatchcase(one.id, id_) for id_ in only)]
    if not chosen:
        click.echo(f"there is no scenario {' or '.join(only) or 'at all'}", err=True)
        sys.exit(USED_WRONGLY)
    results = [run(one) for one in chosen]
    for result in results:
        click.echo(as_json(result) if as_objects else "\n".join(lines(result)))
    click.echo(_sum(results) if as_objects else summary(results))
    if any(one.scenario is None for one in chosen):
        sys.exit(USED_WRONGLY)
    sys.exit(FOUND if any(one.verdict is Verdict.FAIL for one in results) else GOOD)


def _sum(results: list[Result]) -> str:
    of = counts(results)
    told = {
        "passed": of[Verdict.PASS],
        "failed": of[Verdict.FAIL],
        "not_applicable": of[Verdict.NOT_APPLICABLE],
    }
    return msgspec.json.encode(told).decode()


if __name__ == "__main__":
    main()
