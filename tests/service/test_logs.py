"""What the program's log never shows."""

import pytest
from loguru import logger

from vurti.service.logs import log_to_stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_contract_19_a_traceback_in_the_log_shows_no_values(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    log_to_stderr(as_json=as_json)
    token = "s3" + "cret"
    try:
        raise ValueError(len(token))
    except ValueError as error:
        logger.opt(exception=error).error("a bug")
    finally:
        logger.remove()
        logger.disable("vurti")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "s3cret" not in told
