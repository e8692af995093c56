"""The OpenAPI description, and that answers are as it says, whatever is asked."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Api
from vurti.api.access.tokens import Role
from vurti.api.v1.app import description
from vurti.errors import Refused

ALL = list(HealthCheck)
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_is_answered_as_the_description_says(
    api: Api, mode: GenerationMode
) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise Refused("there is no such thing")

    app = api.app(announce=refuse, cancel=refuse)
    shown = api.token(Role.OPERATE)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, headers=shown)
    asked = Counter[str]()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path == "/api/v1/stream":  # it has no end
            continue

        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=ALL)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers(case: Any) -> None:
            asked[case.operation.label] += 1
            case.validate_response(case.call(headers=shown), checks=CHECKS)

        with suppress(Unsatisfiable):  # of some there is nothing that could be said wrongly
            answers()
    assert len(asked) > 15


def test_every_operation_has_a_summary_a_tag_and_its_own_name(api: Api) -> None:
    told: dict[str, Any] = description(api.plain)
    found = [one for methods in told["paths"].values() for one in methods.values()]
    assert all(one["summary"] and one["tags"] for one in found)
    names = [one["operationId"] for one in found]
    assert len(set(names)) == len(names)
    assert told["openapi"] == "3.1.0"
