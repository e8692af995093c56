"""Where the program's log goes."""

import sys

from loguru import logger

from vurti.model.commit import Logged
from vurti.wire import words

FORMAT = "<dim>{time:YYYY-MM-DD HH:mm:ss.SSS}</dim> <level>{level: <7}</level> {message}"


def log_to_stderr(level: str = "INFO", as_json: bool = False) -> None:
    """Enable vurti's log and send it to stderr, written at once: a queue of loguru's own would
    hang under gevent."""
    logger.remove()
    # A traceback that shows the values of variables shows secrets.
    logger.add(
        sys.stderr,
        level=level,
        format=FORMAT,
        serialize=as_json,
        backtrace=False,
        diagnose=False,
    )
    logger.enable("vurti")


def log_committed(logged: list[Logged]) -> None:
    """Each committed event as a line of the log."""
    for one in logged:
        logger.info("{}", words.line(one.event))
