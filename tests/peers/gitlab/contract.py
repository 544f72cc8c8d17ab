"""Requests and answers against what GitLab documents of its API, version 4.

Source: docs.gitlab.com/api: "Pipelines API", "Jobs API", "Repository files API", "Projects API", "Users API", and
"REST API" for pagination and statuses. Only the operations that are used here are listed. The parameters, values and
statuses of the pipelines are those of GitLab's OpenAPI description too (doc/api/openapi/openapi_v2.yaml in its
repository); of `source`, only some values are listed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

Json = Any
"""A JSON value; which shape it has is what the contract checks."""
Check = Callable[[Json], bool]

STATUSES = frozenset(
    {
        "created",
        "waiting_for_resource",
        "preparing",
        "waiting_for_callback",
        "pending",
        "running",
        "success",
        "failed",
        "canceling",
        "canceled",
        "skipped",
        "manual",
        "scheduled",
    }
)
# What every operation may answer, although the documentation does not list it for each one.
_ANYWHERE = frozenset({301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503})


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        query: the known query parameters and their values.
        required: names in the query that must be there.
        body: the known keys of the body and their values; None: the request has no body.
        status: of a success.
        answer: the keys that every success has, and their values.
        is_list: whether a success is a list of such objects.
    """

    name: str
    method: str
    pattern: re.Pattern[str]
    answer: Mapping[str, Check]
    query: Mapping[str, Check] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    body: Mapping[str, Check] | None = None
    status: int = 200
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the parameters of its path, percent signs resolved."""

    operation: Operation
    parameters: Mapping[str, str]


def find(method: str, path: str) -> Match | None:
    """The operation that a request means; None when there is none."""
    for operation in OPERATIONS:
        if operation.method == method and (found := operation.pattern.fullmatch(path)):
            return Match(operation, {name: unquote(value) for name, value in found.groupdict().items()})
    return None


def request_problems(operation: Operation, query: Mapping[str, str], body: Json) -> list[str]:
    """What is wrong with a request."""
    problems = [f"query.{name}: required" for name in sorted(operation.required - query.keys())]
    for name, value in query.items():
        check = operation.query.get(name)
        if check is None:
            problems.append(f"query.{name}: not documented here")
        elif not check(value):
            problems.append(f"query.{name}: {value!r} is not allowed")
    if operation.body is None:
        return [*problems, *(["body: not documented"] if body is not None else [])]
    return problems + _wrong("body", body, operation.body, exact=True)


def answer_problems(operation: Operation, status: int, body: Json) -> list[str]:
    """What is wrong with an answer."""
    if status != operation.status:
        return [] if status in _ANYWHERE else [f"status {status}: not documented"]
    if not operation.is_list:
        return _wrong("answer", body, operation.answer)
    if not isinstance(body, list):
        return ["answer: is no list"]
    return [problem for each in body for problem in _wrong("answer", each, operation.answer)]


def _wrong(where: str, value: Json, fields: Mapping[str, Check], *, exact: bool = False) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where}: is no object"]
    problems = [f"{where}.{name}: not documented" for name in value if exact and name not in fields]
    for name, check in fields.items():
        if name in value and not check(value[name]):
            problems.append(f"{where}.{name}: {str(value[name])[:80]!r} is not allowed")
        elif name not in value and not exact:
            problems.append(f"{where}.{name}: missing")
    return problems


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_number(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_time(value: Json) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_any(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _is_none(value: Json) -> bool:
    return value is None


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _is_user(value: Json) -> bool:
    return isinstance(value, dict) and _is_text(value.get("username")) and _is_number(value.get("id"))


def _are_variables(value: Json) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and {"key", "value"} <= each.keys() <= {"key", "value", "variable_type"}
        and all(isinstance(text, str) for text in each.values())
        and each.get("variable_type", "env_var") in {"env_var", "file"}
        for each in value
    )


def _is_page_size(value: Json) -> bool:
    return str(value).isdigit() and 1 <= int(value) <= 100


def _is_page(value: Json) -> bool:
    return str(value).isdigit() and int(value) >= 1


_PAGED: Mapping[str, Check] = {"page": _is_page, "per_page": _is_page_size}
_STATUS = _one_of(*STATUSES)
_PIPELINE: Mapping[str, Check] = {
    "id": _is_number,
    "iid": _is_number,
    "project_id": _is_number,
    "sha": _is_text,
    "ref": _is_text,
    "status": _STATUS,
    "source": _is_text,
    "created_at": _is_time,
    "updated_at": _is_time,
    "web_url": _is_text,
}
_WHOLE_PIPELINE: Mapping[str, Check] = {
    **_PIPELINE,
    "before_sha": _is_text,
    "tag": _is_flag,
    "yaml_errors": _is_any(_is_none, _is_text),
    "user": _is_user,
    "started_at": _is_any(_is_none, _is_time),
    "finished_at": _is_any(_is_none, _is_time),
    "duration": _is_any(_is_none, _is_number),
}
_MERGE_REQUEST: Mapping[str, Check] = {
    "id": _is_number,
    "iid": _is_number,
    "project_id": _is_number,
    "source_project_id": _is_number,
    "target_project_id": _is_number,
    "title": _is_text,
    "description": _is_text,
    "state": _one_of("opened", "closed", "locked", "merged"),
    "source_branch": _is_text,
    "target_branch": _is_text,
    "created_at": _is_time,
    "updated_at": _is_time,
    "web_url": _is_text,
}
_PROJECT = r"/projects/(?P<id>[^/]+)"
_PIPELINE_PATH = rf"{_PROJECT}/pipelines/(?P<pipeline_id>\d+)"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get-project",
        "GET",
        re.compile(_PROJECT),
        {
            "id": _is_number,
            "path_with_namespace": _is_text,
            "default_branch": _is_any(_is_none, _is_text),
            "web_url": _is_text,
        },
    ),
    Operation("get-user", "GET", re.compile("/user"), {"id": _is_number, "username": _is_text, "state": _is_text}),
    Operation(
        "get-branch",
        "GET",
        re.compile(rf"{_PROJECT}/repository/branches/(?P<branch>[^/]+)"),
        {"name": _is_text, "default": _is_flag, "protected": _is_flag},
    ),
    Operation(
        "get-file",
        "GET",
        re.compile(rf"{_PROJECT}/repository/files/(?P<file_path>[^/]+)"),
        {
            "file_name": _is_text,
            "file_path": _is_text,
            "size": _is_number,
            "encoding": _one_of("base64"),
            "content": _is_text,
            "ref": _is_text,
            "blob_id": _is_text,
            "commit_id": _is_text,
            "last_commit_id": _is_text,
        },
        query={"ref": _is_text},
        required=frozenset({"ref"}),
    ),
    Operation(
        "create-pipeline",
        "POST",
        re.compile(rf"{_PROJECT}/pipeline"),
        _WHOLE_PIPELINE,
        body={"ref": _is_text, "variables": _are_variables, "inputs": lambda value: isinstance(value, dict)},
        status=201,
    ),
    Operation(
        "list-pipelines",
        "GET",
        re.compile(rf"{_PROJECT}/pipelines"),
        _PIPELINE,
        query={
            **_PAGED,
            "name": _is_text,
            "order_by": _one_of("id", "status", "ref", "updated_at", "user_id"),
            "ref": _is_text,
            "scope": _one_of("running", "pending", "finished", "branches", "tags"),
            "sha": _is_text,
            "sort": _one_of("asc", "desc"),
            "source": _one_of("api", "push", "web", "trigger", "schedule", "pipeline", "parent_pipeline"),
            "status": _STATUS,
            "updated_after": _is_time,
            "updated_before": _is_time,
            "created_after": _is_time,
            "created_before": _is_time,
            "username": _is_text,
            "yaml_errors": _one_of("true", "false"),
        },
        is_list=True,
    ),
    Operation(
        "list-merge-requests",
        "GET",
        re.compile(rf"{_PROJECT}/merge_requests"),
        _MERGE_REQUEST,
        query={
            **_PAGED,
            "state": _one_of("opened", "closed", "locked", "merged", "all"),
            "source_branch": _is_text,
            "target_branch": _is_text,
            "order_by": _one_of("created_at", "merged_at", "priority", "title", "updated_at"),
            "sort": _one_of("asc", "desc"),
        },
        is_list=True,
    ),
    Operation(
        "create-merge-request",
        "POST",
        re.compile(rf"{_PROJECT}/merge_requests"),
        _MERGE_REQUEST,
        body={
            "source_branch": _is_text,
            "target_branch": _is_text,
            "title": _is_text,
            "description": lambda value: _is_text(value) and len(value) <= 1_048_576,
            "remove_source_branch": _is_flag,
        },
        status=201,
    ),
    Operation(
        "create-commit-status",
        "POST",
        re.compile(rf"{_PROJECT}/statuses/(?P<sha>[0-9a-f]+)"),
        {
            "id": _is_number,
            "sha": _is_text,
            "ref": _is_text,
            "status": _STATUS,
            "name": _is_text,
            "description": _is_text,
            "target_url": _is_text,
            "created_at": _is_time,
        },
        body={
            "state": _one_of("pending", "running", "success", "failed", "canceled", "skipped"),
            "name": _is_text,
            "description": lambda value: _is_text(value) and len(value) <= 255,
            "target_url": lambda value: _is_text(value) and len(value) <= 255,
        },
        status=201,
    ),
    Operation("get-pipeline", "GET", re.compile(_PIPELINE_PATH), _WHOLE_PIPELINE),
    Operation(
        "list-pipeline-variables",
        "GET",
        re.compile(rf"{_PIPELINE_PATH}/variables"),
        {"key": _is_text, "value": _is_text, "variable_type": _one_of("env_var", "file")},
        query=_PAGED,
        is_list=True,
    ),
    Operation(
        "list-pipeline-jobs",
        "GET",
        re.compile(rf"{_PIPELINE_PATH}/jobs"),
        {"id": _is_number, "name": _is_text, "stage": _is_text, "status": _STATUS, "web_url": _is_text},
        query={**_PAGED, "scope": _STATUS, "scope[]": _STATUS, "include_retried": _one_of("true", "false")},
        is_list=True,
    ),
)
