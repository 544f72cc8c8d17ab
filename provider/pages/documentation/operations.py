"""The operations of the OpenAPI document as the page shows them, in groups. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provider.pages.documentation.curl import curl_of
from provider.pages.documentation.examples import Examples

METHODS = ("get", "post", "put", "patch", "delete")
GROUPS: Mapping[str, Sequence[str]] = {
    "Images": ("images", "graph", "timelines", "versions", "runs"),
    "What happened, and what is wrong": ("histories", "audit", "problems", "checks"),
    "Rebuilds, holds and skipped digests": ("requests", "removals"),
    "Enrolling": ("enrolling", "enrollments"),
    "Releases": ("repositories", "releases", "release-marks", "transfers", "owner-imports", "news"),
    "Webhooks": ("webhooks", "webhook_deliveries"),
    "Callers": ("callers",),
}
"""The headings of the page, in order, and the tags of the document under each."""
_JSON, _CSV = "application/json", "text/csv"
# The document says that it is a text, which says nothing.
_TABLE: Mapping[str, Any] = {"type": "CSV"}


@dataclass(frozen=True, slots=True)
class DocumentedAnswer:
    """A response: the status, its meaning, and the schemas of its content."""

    code: str
    description: str
    schemas: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        id: of its section in the page.
        parameters: as in the document.
        body: the schema of the request; None: there is none.
        curl: a command that asks for it.
        answers: those that succeed first.
        example: the JSON of the first response that succeeds; empty where that has none.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: Sequence[Mapping[str, Any]]
    body: Mapping[str, Any] | None
    curl: str
    answers: Sequence[DocumentedAnswer]
    example: str


@dataclass(frozen=True, slots=True)
class OperationGroup:
    """The operations under one heading; `id` is that of the heading."""

    id: str
    title: str
    operations: Sequence[Operation]


def groups_of(document: Mapping[str, Any]) -> Sequence[OperationGroup]:
    """All operations of a document; a tag that is under no heading has its description as one."""
    titles = {tag["name"]: tag.get("description", tag["name"]) for tag in document.get("tags", ())}
    titles |= {tag: title for title, tags in GROUPS.items() for tag in tags}
    grouped: dict[str, list[Operation]] = {title: [] for title in GROUPS}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                tag = next(iter(item[method].get("tags", ())), "")
                grouped.setdefault(titles.get(tag, "Other"), []).append(_operation(document, path, method, item))
    return [OperationGroup(_anchor(title), title, found) for title, found in grouped.items() if found]


def _operation(document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]) -> Operation:
    operation, schemas = item[method], document["components"]["schemas"]
    parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
    body = operation.get("requestBody", {}).get("content", {}).get(_JSON, {}).get("schema")
    answers = sorted(_answers(document, operation), key=lambda answer: answer.code)
    address = f"{document['servers'][0]['url']}{path}"
    sent = None if body is None else Examples(schemas, request=True).of(body)
    return Operation(
        _anchor(f"{method} {path}"),
        method,
        path,
        operation.get("summary", ""),
        operation.get("description", ""),
        parameters,
        body,
        curl_of(method, address, parameters, sent, takes_token=operation.get("security") != []),
        answers,
        _example(answers, Examples(schemas)),
    )


def _answers(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[DocumentedAnswer]:
    shared = document["components"].get("responses", {})
    for code, answer in operation["responses"].items():
        if code == "default":
            continue
        found = shared[answer["$ref"].rsplit("/", 1)[-1]] if "$ref" in answer else answer
        yield DocumentedAnswer(
            code, found.get("description", ""), [_schema(*each) for each in found.get("content", {}).items()]
        )


def _schema(media_type: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    schema: Mapping[str, Any] = content.get("schema", {})
    return _TABLE if media_type == _CSV else schema


def _example(answers: Sequence[DocumentedAnswer], examples: Examples) -> str:
    schemas = [schema for answer in answers if answer.code.startswith("2") for schema in answer.schemas]
    schema = next((one for one in schemas if one is not _TABLE), None)
    return json.dumps(examples.of(schema), indent=2, ensure_ascii=False) if schema else ""


def _anchor(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
