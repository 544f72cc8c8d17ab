"""Generated requests to the whole web part: responses are as documented, and no request causes a server error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.config import GenerationConfig
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi

from tests.peers.docker_hub.server import DockerHub
from tests.peers.github.server import GitHub
from tests.provider.api.fuzz_world import SECRETS, FuzzWorld, fuzz_world
from tests.provider.api.github_worlds import REBUILDER, as_caller
from tests.provider.api.odd_requests import OddRequest, answered, odd_requests

Operation = schemathesis.APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
CALLER = as_caller(REBUILDER)
CHECKS = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.unsupported_method,
]
MODES = list(schemathesis.GenerationMode)
IMAGES = ["app", "node", "own"]
# The world stays the same between examples, and every run must find the same failures.
BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(name="world")
def made_world(tmp_path: Path, github: GitHub, docker_hub: DockerHub) -> Iterator[FuzzWorld]:
    """The web part with running peers."""
    with fuzz_world(tmp_path, github, docker_hub) as world:
        yield world


@pytest.fixture(name="operations")
def documented(world: FuzzWorld) -> list[Operation]:
    """The operations in the OpenAPI document."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", world.app, headers=CALLER)
    found = list(schema.get_all_operations())
    assert all(isinstance(each, Ok) for each in found)
    return [each.ok() for each in found if isinstance(each, Ok)]


def cases(operation: Operation, mode: schemathesis.GenerationMode) -> st.SearchStrategy[Any]:
    """Requests for an existing image, or for any name."""
    known = [operation.as_strategy(mode, path_parameters={"name": name}) for name in IMAGES]
    return st.one_of(*known, operation.as_strategy(mode)).filter(can_be_sent)


def can_be_sent(case: Case) -> bool:
    """Whether its query is also invalid when it is sent: an object in a query is sent as text, which can be valid."""
    values = (case.query or {}).values()
    parts = [part for value in values for part in (value if isinstance(value, list | tuple) else [value])]
    return all(part is None or isinstance(part, str | int | float) for part in parts)


def ask(case: Case, run_id: int | None = None) -> None:
    """Send the request and check that the response is documented."""
    if run_id is not None and "run_id" in case.path_parameters:
        case.path_parameters["run_id"] = run_id
    case.call_and_validate(headers=CALLER, checks=CHECKS)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_every_operation_answers_as_documented(
    world: FuzzWorld, operations: list[Operation], mode: schemathesis.GenerationMode
) -> None:
    """Statuses, content types, headers and schemas are as documented, for existing images and other names."""
    assert len(operations) >= 8
    for operation in operations:

        @settings(BOUNDED, max_examples=25)
        @given(cases(operation, mode), st.none() | st.just(world.run_id))
        def hold(case: Case, run_id: int | None) -> None:
            ask(case, run_id)

        hold()


def test_every_edge_of_every_parameter(world: FuzzWorld, operations: list[Operation]) -> None:
    """This covers values at and next to each limit, missing and repeated parameters, and all other methods."""
    for operation in operations:
        edges = operation.schema.iter_coverage_cases(
            operation, generation_modes=MODES, generation_config=GenerationConfig(deterministic=True)
        )
        for case in edges:
            ask(case)
            if case.path_parameters.get("name"):
                case.path_parameters["name"] = "app"
                ask(case, world.run_id)


@settings(BOUNDED, max_examples=1500)
@given(odd_requests())
def test_odd_requests_are_answered(world: FuzzWorld, odd: OddRequest) -> None:
    """No response is 5xx, has a line break in a header or contains a secret, and errors have their format."""
    answer = answered(world.app, odd, CALLER)

    assert answer.status < 500, answer.body[:300]
    text = answer.body.decode("utf-8", "replace") + str(answer.headers)
    assert not any(secret in text for secret in SECRETS)
    assert all(character.isprintable() or character == "\t" for _, value in answer.headers for character in value)
    if answer.status >= 400 and answer.is_json:
        assert set(answer.json()) == {"code", "status", "message", "errors", "requestId"}
