"""Tests of the messages for the fields of a request."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from provider.api.answers.field_errors import field_errors, summary_of
from provider.auth.callers import CallerRole
from tests.provider.api.asking.images import asked_images
from tests.provider.operation_web import headers, operation_world

NESTED = st.recursive(st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each), max_leaves=20)


class _Wanted(Schema):
    reason = fields.String()
    built_from = fields.String(data_key="builtFrom")


@pytest.mark.parametrize(
    ("field", "found", "shown"),
    [
        ("resaon", "Unknown field.", "Not known; did you mean reason? Known are builtFrom, reason."),
        ("built_from", "Unknown field.", "Not known; did you mean builtFrom? Known are builtFrom, reason."),
        ("force", "Unknown field.", "Not known; known are builtFrom, reason."),
        ("dryRun", "Not a valid boolean.", "Not a valid boolean; write true or false."),
        ("until", "Not a valid datetime.", "Not a valid time; write for example 2027-01-31T12:00:00Z."),
        ("until", "Not a valid aware datetime.", "The time has no zone; write for example 2027-01-31T12:00:00Z."),
        ("reason", "Longer than 500 characters.", "Longer than 500 characters."),
    ],
)
def test_a_message_says_what_to_write(field: str, found: str, shown: str) -> None:
    """Those of the library get what is right; others are kept."""
    details: dict[str, object] = {"messages": {"json": {field: [found]}}, "schema": _Wanted()}
    assert field_errors(details) == {"json": {field: [shown]}}
    assert summary_of(field_errors(details)) == f"{field}: {shown}"


def test_a_summary_has_the_first_messages() -> None:
    """With the number of the others."""
    errors = {"json": {name: ["is missing"] for name in "abcde"}}
    assert summary_of(errors) == "a: is missing b: is missing c: is missing and 2 more; errors has all"
    assert summary_of({"json": ["Invalid JSON body."]}) == "Invalid JSON body."
    assert summary_of({}) == ""


@given(NESTED)
def test_any_messages_have_a_summary(found: object) -> None:
    """Whatever a library gives as messages is shown."""
    assert isinstance(summary_of(field_errors({"messages": found})), str)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "images/api/rebuilds", b"{}", 422, "reason: Missing data for required field."),
        (
            "POST",
            "images/api/rebuilds",
            b'{"reason": "why", "emergancy": true}',
            422,
            "emergancy: Not known; did you mean emergency? Known are builtFrom, cve, emergency, reason, until.",
        ),
        ("POST", "images/api/rebuilds", b'{"reason"', 400, "Invalid JSON body."),
        ("POST", "checks", b'{"name": "api"}', 422, "name: Not known; did you mean names? Known are names."),
        ("GET", "images/node/impact?emergency=yes", None, 422, "emergency: Not a valid boolean; write true or false."),
        ("GET", "audit?since=yesterday", None, 422, "since: "),
    ],
)
def test_the_message_of_a_refused_request_names_the_field(
    tmp_path: Path, method: str, path: str, body: bytes | None, status: int, message: str
) -> None:
    """A person who reads only the message knows what to correct."""
    with operation_world(tmp_path, asked_images()) as world:
        answer = world.client.open(
            f"/api/v1/{path}", method=method, data=body, content_type="application/json" if body else None,
            headers=headers(CallerRole.ADMIN),
        )  # fmt: skip
    assert answer.status_code == status
    assert answer.get_json()["message"].startswith(message)
