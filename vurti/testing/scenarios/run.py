"""Run scenarios and say how each went."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from vurti.testing.scenarios.applicable import reason_against
from vurti.testing.scenarios.compare import Difference, differences
from vurti.testing.scenarios.drive import Drive
from vurti.testing.scenarios.load import Loaded
from vurti.testing.scenarios.told import Told
from vurti.testing.scenarios.words import Scenario


class Verdict(StrEnum):
    """How a scenario went."""

    PASS = "pass"  # noqa: S105  it is no password
    FAIL = "FAIL"
    NOT_APPLICABLE = "n/a"


class Result(Struct, frozen=True):
    """`reason` says why it is not applicable, or why it could not even be run."""

    id: str
    verdict: Verdict
    title: str = ""
    rule: str = ""
    where: str = ""
    reason: str = ""
    differences: tuple[Difference, ...] = ()


def run(loaded: Loaded) -> Result:
    """One scenario, from its file."""
    where = f"{loaded.file}:{loaded.line}"
    if loaded.scenario is None:
        reason = "\n".join(map(str, loaded.complaints))
        return Result(loaded.id, Verdict.FAIL, where=where, reason=reason)
    return replace(run_scenario(loaded.scenario), where=where)


def run_scenario(scenario: Scenario) -> Result:
    """One scenario. An exception is a mistake of vurti's, and the scenario fails by it."""
    result = Result(scenario.id, Verdict.PASS, scenario.title, scenario.rule)
    if reason := reason_against(scenario):
        return replace(result, verdict=Verdict.NOT_APPLICABLE, reason=reason)
    try:
        found = _found(scenario)
    except Exception as error:  # noqa: BLE001  whatever went wrong, the other scenarios are run
        return replace(result, verdict=Verdict.FAIL, reason=f"{type(error).__name__}: {error}")
    verdict = Verdict.FAIL if found else Verdict.PASS
    return replace(result, verdict=verdict, differences=tuple(found))


def _found(scenario: Scenario) -> list[Difference]:
    drive = Drive(scenario)
    before, all_told = drive.recorded, Told()
    found: list[Difference] = []
    each = scenario.each or (None,) * len(scenario.steps)
    for number, (step, then) in enumerate(zip(scenario.steps, each, strict=True), 1):
        told = drive.step(step, compared=then is not None)
        all_told += told
        if then is not None:
            wrong = differences(then, told, drive, before)
            found += [replace(one, step=number) for one in wrong]
    if scenario.then is not None:
        found += differences(scenario.then, all_told, drive, before)
    return found
