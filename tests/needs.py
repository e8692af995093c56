"""What a test needs of the machine: without it the test is skipped, or fails where it is required.

`VURTI_REQUIRE=libvirt` (a list with commas) is for machines that must not skip, such as CI.
"""

import os

import pytest


def need(name: str, missing: list[str], how: str) -> None:
    """Go on where nothing is `missing`; else skip, or fail if required. `how` mends it."""
    if not missing:
        return
    reason = f"{name}: there is no {', no '.join(missing)}. {how}"
    if required(name):
        pytest.fail(f"{reason} (VURTI_REQUIRE asks for it)", pytrace=False)
    pytest.skip(reason)


def required(name: str) -> bool:
    """Whether VURTI_REQUIRE names it."""
    return name in os.environ.get("VURTI_REQUIRE", "").replace(" ", "").split(",")
