"""What was found."""

from enum import StrEnum

from msgspec import Struct


class Verdict(StrEnum):
    """`bad` keeps vurti from its work, or soon will; a `note` is worth knowing."""

    OK = "ok"
    NOTE = "note"
    BAD = "bad"


class Finding(Struct, frozen=True):
    """One thing that was looked at: `area` is the part of the set-up, `subject` what of it. Texts
    of hosts and of others are in it as they came: whoever shows it escapes them."""

    area: str
    subject: str
    verdict: Verdict
    what: str
    way_out: str = ""


def ok(area: str, subject: str, what: str) -> Finding:
    """It is as it should be."""
    return Finding(area, subject, Verdict.OK, what)


def note(area: str, subject: str, what: str, way_out: str = "") -> Finding:
    """It can be lived with."""
    return Finding(area, subject, Verdict.NOTE, what, way_out)


def bad(area: str, subject: str, what: str, way_out: str = "") -> Finding:
    """It is to be mended, and how."""
    return Finding(area, subject, Verdict.BAD, what, way_out)
