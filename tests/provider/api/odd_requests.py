"""Unusual requests, built byte by byte."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote_from_bytes

from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import create_environ, run_wsgi_app

from tests.provider.api.github_worlds import REPOSITORY

FACE = f"/proxy/github/repos/{REPOSITORY}"
PLACES = (
    "/",
    "/images",
    "/images/app",
    "/images/app/versions",
    "/images/app/runs",
    "/login",
    "/static/style.css",
    "/api/docs",
    "/api/openapi.json",
    "/api/v1/images",
    "/api/v1/images/app",
    "/api/v1/images/app/updates",
    "/api/v1/images/app/impact",
    "/api/v1/images/app/versions",
    "/api/v1/images/node/versions",
    "/api/v1/images/own/versions",
    "/api/v1/images/app/runs",
    "/api/v1/images/app/runs/1/rerun",
    "/catalog/catalog-info.yaml",
    "/catalog/entities",
    "/catalog/images/app/catalog-info.yaml",
    "/healthz",
    "/readyz",
    "/metrics",
    FACE,
    f"{FACE}/branches",
    f"{FACE}/actions/runs",
    f"{FACE}/actions/runs/1/rerun",
    f"{FACE}/actions/workflows/build.yml/runs",
    "/proxy/registry/app/tags",
    "/proxy/registry/node/tags",
    "/proxy/registry/own/tags",
)
ODD = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u2028\U0001f4a3".encode(),
    b"..",
    b"%2e%2e%2f",
    b"%00",
    b"\r\nX-A: b",
    b"\\",
    b"' OR 1=1 --",
    b"<script>",
    b"{{7*7}}",
    b"-1",
    b"0",
    b"1e9",
    b"9" * 30,
    b"9" * 5000,
    "\u0663".encode(),
    b"%" * 50,
    b"a" * 3000,
    b"NaN",
    b"true",
)
KEYS = (
    "page",
    "pageSize",
    "per_page",
    "n",
    "last",
    "cursor",
    "sort",
    "q",
    "semver",
    "refresh",
    "status",
    "branch",
    "x",
)
CURSORS = tuple(
    urlsafe_b64encode(text)
    for text in (
        b'["name", "\\ud800", "\\u0000"]',
        b'["versions by 20", "99999999999", ""]',
        b'["runs None None 20", "1e9", ""]',
        b'["name", 1, null]',
        b"[[], [], []]",
        b'{"a": 1}',
        b"[" * 1000,
    )
)
HEADERS = ("ACCEPT", "ACCEPT_LANGUAGE", "COOKIE", "HOST", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "ORIGIN", "RANGE")
VALUES = (
    "*/*;q=nan, text/html;q=1e999",
    "a/b/c;;;=,,,",
    "text/html",
    '"' * 200,
    'W/"x", *',
    "bytes=-9999999999999999999999",
    "Thu, 99 Foo 99999 99:99:99 GMT",
    "\xff\x80",
    "a b\x7f/..",
    "[::1",
    "session=" + "A" * 300 + ".B.C",
    " " * 300 + "x",
)
BODIES = (
    b"",
    b"{}",
    b'{"failedOnly": true}',
    b'{"failedOnly": true, "failedOnly": false}',
    b'{"failedOnly": ' + b"9" * 5000 + b"}",
    b'{"failedOnly": "\\ud800"}',
    b"[" * 5000,
    b'{"a":' * 2000,
    b"NaN",
    b"\xff\xfe{",
    b"failedOnly=true",
)
TYPES = ("", "application/json", "application/json; charset=\x22", "text/plain", "multipart/form-data", "x")
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW")


@dataclass(frozen=True, slots=True)
class OddRequest:
    """A request; `path` is decoded and `query` is not, as a server passes them on."""

    method: str
    path: bytes
    query: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """The response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return bool(self.body) and dict(self.headers).get("Content-Type", "").startswith("application/json")

    def json(self) -> Any:
        """The JSON document."""
        return json.loads(self.body)


def odd_requests() -> st.SearchStrategy[OddRequest]:
    """Known paths with unusual endings, queries, headers and bodies."""
    odd = st.sampled_from(ODD) | st.binary(max_size=12)
    ends = st.just(b"") | odd.map(lambda end: b"/" + end) | odd
    paths = st.builds(lambda place, end: place.encode() + end, st.sampled_from(PLACES), ends) | odd.map(
        lambda x: b"/" + x
    )
    pairs = st.builds(
        lambda key, value: quote_from_bytes(key).encode() + b"=" + quote_from_bytes(value).encode(),
        st.sampled_from([key.encode() for key in KEYS]) | odd,
        odd | st.sampled_from(CURSORS),
    )
    return st.builds(
        OddRequest,
        method=st.sampled_from(METHODS),
        path=paths,
        query=st.lists(pairs, max_size=4).map(b"&".join) | odd,
        headers=st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(VALUES), max_size=3),
        content_type=st.sampled_from(TYPES),
        body=st.sampled_from(BODIES),
    )


def answered(app: Flask, odd: OddRequest, caller: Mapping[str, str]) -> RawAnswer:
    """Call the application as its server does."""
    environ = create_environ(method=odd.method, headers=dict(caller))
    environ |= {
        "PATH_INFO": odd.path.decode("latin-1"),
        "QUERY_STRING": odd.query.decode("latin-1"),
        "CONTENT_TYPE": odd.content_type,
        "CONTENT_LENGTH": str(len(odd.body)),
        "wsgi.input": BytesIO(odd.body),
        **{f"HTTP_{name}": value for name, value in odd.headers.items()},
    }
    for name in ("REQUEST_URI", "RAW_URI"):
        environ.pop(name, None)
    chunks, status, headers = run_wsgi_app(app, environ, buffered=True)
    return RawAnswer(int(status.split()[0]), list(headers), b"".join(chunks))
