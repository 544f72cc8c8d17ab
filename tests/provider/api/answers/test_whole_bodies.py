"""Bodies that are sent in chunks, without a length: over the limit they are 413, whatever reads them."""

import io
import json
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from provider.api.answers.whole_bodies import WholeBodyRequest
from provider.auth.access import Access
from tests.provider.pages.test_login import ADMIN, OURS, csrf, sign_in
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

FORM, JSON, PARTS = "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"
MIB = 1024 * 1024


class Unpredictable:
    """A body of which each read gives as much as the server has received."""

    def __init__(self, content: bytes, most: int) -> None:
        self._left = io.BytesIO(content)
        self._most = most

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes as arrive at once."""
        return self._left.read(self._most if size < 0 else min(size, self._most))


def chunked(app: Flask, path: str, body: bytes, kind: str, headers: dict[str, str], method: str = "POST") -> str:
    """The status of the answer to a body that is sent in chunks."""
    environ = EnvironBuilder(path, method=method, content_type=kind, headers=Headers(headers)).get_environ()
    environ.pop("CONTENT_LENGTH", None)
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    environ["wsgi.input"] = Unpredictable(body, 16 * 1024)
    return run_wsgi_app(app, environ)[1]


@pytest.mark.parametrize("read", ["data", "form", "stream", "files"])
@pytest.mark.parametrize(("size", "whole"), [(0, True), (99, True), (100, True), (101, False), (5000, False)])
def test_a_body_is_read_whole_or_refused(read: str, size: int, whole: bool) -> None:
    """One that is exactly as long as the limit is read."""
    app = Flask("app")
    app.request_class = WholeBodyRequest
    seen: list[int] = []

    @app.post("/")
    def take() -> str:
        request.max_content_length = 100
        match read:
            case "data":
                seen.append(len(request.get_data()))
            case "form":
                seen.append(len(request.form.get("a", "")) + 2)
            case "files":
                seen.append(len(request.files))
            case _:
                seen.append(sum(map(len, iter(lambda: request.stream.read(7), b""))))
        return ""

    body = b"a=" + b"x" * (size - 2) if size else b""
    kind = {"form": FORM, "files": PARTS}.get(read, JSON)
    if read == "files":
        body = _file(size)
        whole = size <= 100 - len(_file(0))
    answer = chunked(app, "/", body, kind, {})

    assert answer[:3] == ("200" if whole else "413")
    if whole and size and read != "files":
        assert seen == [size]


def _file(size: int) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
    return head + b"y" * size + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("method", "path", "size"),
    [
        ("POST", "/api/v1/repositories", 2 * MIB),
        ("PUT", "/api/v1/repositories/1", 2 * MIB),
        ("POST", "/api/v1/repositories/import", 20 * MIB),
    ],
)
def test_json_over_the_limit_is_refused(method: str, path: str, size: int) -> None:
    """Also where what was read up to the limit is valid JSON."""
    world = TrackerWorld()
    world.add_unpolled("https://github.com/acme/tool", "tool")
    app = world.app(Access((ADMIN,)))
    document = json.dumps({"url": "https://github.com/acme/other", "version": 1}).encode()
    headers = {"Authorization": f"Bearer {ADMIN.secret.reveal()}"}

    body = document + b" " * (size - len(document)) + b"{}"
    assert chunked(app, path, body, JSON, headers, method)[:3] == "413"
    assert len(list(world.store.everything())) == 1


def _fields(**fields: Any) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


@pytest.mark.parametrize(("padding", "status"), [(0, "303"), (100, "303"), (16 * 1024, "413"), (MIB, "413")])
def test_a_sign_in_over_the_limit_is_refused(padding: int, status: str) -> None:
    """Although its first half has a valid token."""
    app = TrackerWorld().app(Access((ADMIN,)))
    client = app.test_client()
    token = csrf(client)
    cookie = client.get_cookie("image_factory", domain="localhost")
    assert cookie is not None
    body = _fields(token=ADMIN.secret.reveal(), csrf_token=token, pad="x" * padding)

    headers = {**OURS, "Cookie": f"image_factory={cookie.value}", "Host": "localhost"}
    assert chunked(app, "/login", body, FORM, headers)[:3] == status


@pytest.mark.parametrize(("path", "size"), [("/repositories/new", 4 * MIB), ("/repositories/1/delete", 4 * MIB)])
def test_a_form_of_a_page_over_the_limit_is_refused(path: str, size: int) -> None:
    """Nothing was changed."""
    world = TrackerWorld()
    world.add_unpolled("https://github.com/acme/tool", "tool")
    app = world.app(Access((ADMIN,)))
    client = app.test_client()
    sign_in(client)
    token = csrf(client, "/repositories/new")
    cookie = client.get_cookie("image_factory", domain="localhost")
    assert cookie is not None
    body = _fields(url="https://github.com/acme/other", csrf_token=token, notes="x" * size)

    headers = {**OURS, "Cookie": f"image_factory={cookie.value}", "Host": "localhost"}
    assert chunked(app, path, body, FORM, headers)[:3] == "413"
    assert len(list(world.store.everything())) == 1
