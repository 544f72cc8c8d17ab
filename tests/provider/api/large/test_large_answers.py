"""Tests of answers with a large document."""

import gzip
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from provider.api.answers.redaction import redact_responses
from provider.api.large.large_answers import LargeAnswers, LargeText, takes_gzip
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret

SECRET = Secret("correct-horse-battery")
GZIP = {"Accept-Encoding": "gzip"}


class World:
    """A document that a test changes; it counts how often the document is made."""

    def __init__(self) -> None:
        self.parts = ["name: a\n", "---\nname: b\n"]
        self.secrets: tuple[Secret, ...] = ()
        self.made = 0
        self.meanwhile: Callable[[], object] = lambda: None

    @property
    def tag(self) -> str:
        """Changes with the parts."""
        return repr(self.parts)

    @contextmanager
    def read(self) -> Iterator[LargeText]:
        """The document now; `meanwhile` is called before."""
        self.made += 1
        self.meanwhile()
        yield LargeText(self.tag, list(self.parts))


@pytest.fixture
def world() -> World:
    """A document of two parts."""
    return World()


@pytest.fixture
def client(world: World) -> FlaskClient:
    """Asks for the document at /all, through the redaction of all responses."""
    app = Flask(__name__)
    redactor = Redactor((), lambda: world.secrets)
    app.get("/all")(LargeAnswers("application/yaml", lambda: world.tag, world.read, redactor).answer)
    redact_responses(app, redactor)
    return app.test_client()


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("identity;q=0, gzip", True),
        ("gzip;q=0.5, identity", False),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("br", False),
        ("identity", False),
        ("", False),
        (None, False),
        ("gzip;q=x", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str | None, expected: bool) -> None:
    """A caller that prefers the plain text, or says nothing, gets the plain text."""
    assert takes_gzip(parse_accept_header(accepted, Accept)) is expected


def test_a_document_is_made_once(world: World, client: FlaskClient) -> None:
    """For both encodings and every request until it changes."""
    texts = {client.get("/all").text, gzip.decompress(client.get("/all", headers=GZIP).data).decode()}
    client.head("/all")
    assert (texts, world.made) == ({"name: a\n---\nname: b\n"}, 1)

    world.parts = ["name: c\n"]
    assert (client.get("/all").text, world.made) == ("name: c\n", 2)


def test_many_callers_of_a_changed_document_wait_for_one(world: World, client: FlaskClient) -> None:
    """It is made once, whoever comes first."""
    others, come = threading.Event(), 0
    counting = threading.Lock()

    def ask(_number: int) -> str:
        nonlocal come
        with counting:
            come += 1
            if come == 8:
                others.set()
        return client.application.test_client().get("/all").text

    world.meanwhile = lambda: others.wait(10)
    with ThreadPoolExecutor(8) as threads:
        texts = set(threads.map(ask, range(8)))

    assert (texts, world.made) == ({"name: a\n---\nname: b\n"}, 1)


def test_a_known_document_is_304_without_being_made(world: World, client: FlaskClient) -> None:
    """Also in a process that has not made it yet, such as after a restart."""
    tags = [client.get("/all", headers=headers).headers["ETag"] for headers in ({}, GZIP)]
    other = Flask(__name__)
    other.get("/all")(LargeAnswers("application/yaml", lambda: world.tag, world.read, Redactor(())).answer)
    world.made = 0

    for each in (client, other.test_client()):
        for tag, headers in zip(tags, ({}, GZIP), strict=True):
            answer = each.get("/all", headers={**headers, "If-None-Match": tag})
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
            assert answer.headers["Vary"] == "Accept-Encoding"
    assert world.made == 0


def test_a_304_is_for_the_encoding_that_is_asked_for(client: FlaskClient) -> None:
    """A cache that has the document in gzip must not send it to a caller that takes no gzip."""
    plain, compressed = (client.get("/all", headers=headers).headers["ETag"] for headers in ({}, GZIP))

    assert client.get("/all", headers={"If-None-Match": compressed}).status_code == 200
    assert client.get("/all", headers={**GZIP, "If-None-Match": plain}).status_code == 200
    # A proxy that compresses by itself makes the tag weak.
    assert client.get("/all", headers={"If-None-Match": f"W/{plain}"}).status_code == 304


def test_a_document_that_changes_while_it_is_made_has_the_tag_of_its_text(world: World, client: FlaskClient) -> None:
    """The next request makes nothing new."""

    def change() -> None:
        world.parts = ["name: new\n"]
        world.meanwhile = lambda: None

    world.meanwhile = change
    answer = client.get("/all")

    assert answer.text == "name: new\n"
    again = client.get("/all", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, world.made) == (304, 1)


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_a_secret_does_not_leave(world: World, client: FlaskClient, headers: dict[str, str]) -> None:
    """Also one that becomes known after the document was made; the entity tag is not that of the text with it."""
    world.parts = ["name: a\n", f"note: 'its {SECRET.reveal()}'\n"]
    before = client.get("/all", headers=headers)
    world.secrets = (SECRET,)

    after = client.get("/all", headers=headers)

    text = (gzip.decompress(after.data) if headers else after.data).decode()
    assert text == "name: a\nnote: its ***\n"
    assert after.headers["ETag"] != before.headers["ETag"]
    known = client.get("/all", headers={**headers, "If-None-Match": after.headers["ETag"]})
    assert (known.status_code, world.made) == (304, 2)


def test_a_document_that_cannot_be_made_is_made_by_the_next_request(world: World, client: FlaskClient) -> None:
    """A database that was away leaves nothing behind."""

    def fail() -> None:
        world.meanwhile = lambda: None
        raise OSError("the database is away")

    world.meanwhile = fail

    assert client.get("/all").status_code == 500
    assert client.get("/all").text == "name: a\n---\nname: b\n"
