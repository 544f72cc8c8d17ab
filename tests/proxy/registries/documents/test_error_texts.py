"""The words of a registry about a failure, as a message may repeat them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.registries.documents.error_texts import LONGEST, own_words, status_meant
from proxy.secrets.secret import Secret


def errors(*found: object) -> bytes:
    """The document of the distribution specification."""
    return json.dumps({"errors": found}).encode()


SAID = {
    "code and message": (errors({"code": "DENIED", "message": "no"}), "DENIED: no"),
    "with a detail": (errors({"code": "DENIED", "message": "no", "detail": "ask acme"}), "DENIED: no (ask acme)"),
    "with a structure": (errors({"code": "DENIED", "message": "no", "detail": [{"Name": "a"}]}), "DENIED: no"),
    "code alone": (errors({"code": "DENIED"}), "DENIED"),
    "message alone": (errors({"message": "no"}), "no"),
    "a number as code": (errors({"code": 404, "message": "no"}), "404: no"),
    "texts": (errors("one", "two"), "one; two"),
    "several": (errors({"message": "one"}, {"message": "two"}), "one; two"),
    "more than three": (errors(*({"message": str(number)} for number in range(9))), "0; 1; 2"),
    "a message": (b'{"message": "not here"}', "not here"),
    "Docker Hub's": (b'{"detail": "object not found"}', "object not found"),
    "a token server's": (b'{"error": "invalid_grant", "error_description": "expired"}', "expired"),
    "details": (b'{"details": "incorrect username or password"}', "incorrect username or password"),
    "plain text": (b"404 page not found\n", "404 page not found"),
    "a JSON text": (b'"not here"', "not here"),
    "several lines": (b'{"message": "one\\r\\n\\ttwo\\u0000 three"}', "one two three"),
    "colours of a terminal": (b"\x1b[31mred\x1b[0m", "[31mred [0m"),
    "half a list": (b"[1, 2", ""),
    "invisible characters": ("a\u202eb\u200bc".encode(), "a b c"),
    "no UTF-8": (b"a\xff b", "a b"),
    "a web page": (b"<!DOCTYPE html><html>Sign in</html>", ""),
    "a web page in JSON": (b'{"message": "<b>no</b>"}', ""),
    "XML": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ""),
    "an id of the request": (b"no (RequestId: 2f1c7a10-0000-4abc-9def-0123456789ab)", "no (RequestId: ...)"),
    "another id": (b"no, trace 4bf92f3577b34da6a3ce929d0e0e4736", "no, trace ..."),
    "an id in letters and digits": (b"no; x-id=ABCDEFGH1234567890", "no; x-id=..."),
    "a time": (b"expired at 2026-11-22T12:00:01.123Z, log in", "expired at ..., log in"),
    "a time with a zone": (b"expired at 2026-11-22 12:00+0100, log in", "expired at ..., log in"),
    "a number of seconds": (b"since 1763812800 down", "since ... down"),
    "a digest": (
        b"manifest sha256:" + b"0a" * 32 + b" unknown",
        f"manifest sha256:{'0a' * 32} unknown",
    ),
    "a long word": (b"repositorynotfoundexception: no", "repositorynotfoundexception: no"),
    "a version": (b"needs at least 10.15.7", "needs at least 10.15.7"),
    "a comparison": (b"size < 5", "size < 5"),
    "nothing": (b"", ""),
    "spaces": (b" \n ", ""),
    "an empty object": (b"{}", ""),
    "a list": (b'["a"]', ""),
    "a number": (b"7", ""),
    "null": (b"null", ""),
    "no errors": (b'{"errors": []}', ""),
    "half a document": (b'{"errors": [{"code"', ""),
    "errors of another form": (b'{"errors": {"a": "b"}, "message": "no"}', "no"),
}


@pytest.mark.parametrize(("body", "words"), SAID.values(), ids=SAID)
def test_what_is_said_is_one_clean_line(body: bytes, words: str) -> None:
    """From JSON of several forms, and from plain text; never a page."""
    assert own_words(body) == words


def test_a_long_text_is_shortened() -> None:
    """A message stays readable, and a body of megabytes is not searched."""
    assert own_words(b"no " * 1000) == f"{'no ' * 65}no..."
    assert len(own_words(errors({"message": "x" * 5000}))) == LONGEST
    assert own_words(errors({"message": "x" * 100_000})) == ""
    assert len(own_words(b"a" * 50_000_000)) == LONGEST


@pytest.mark.parametrize(
    "body",
    [b"the token hunter2-do-not is wrong", b'{"message": "hunter2%2Ddo-not"}', b'{"message": "aHVudGVyMi1kby1ub3Q="}'],
)
def test_a_text_with_a_secret_is_not_repeated(body: bytes) -> None:
    """In any form, also where the text would be cut within it."""
    assert own_words(body, [Secret("hunter2-do-not")]) == ""
    assert own_words(b"x" * 190 + body, [Secret("hunter2-do-not")]) == ""
    assert own_words(body, [Secret("another-one")]) != ""


def test_a_short_secret_counts_from_four_characters() -> None:
    """A shorter one is in many words by chance."""
    assert own_words(b"user pete is unknown", [Secret("pete")]) == ""
    assert own_words(b"user pete is unknown", [Secret("is")]) == "user pete is unknown"


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.text(max_size=10))
def test_any_body_is_a_short_line_without_the_secret(body: bytes, secret: str) -> None:
    """Nothing else is repeated, and nothing fails."""
    words = own_words(body, [Secret(secret)])

    assert len(words) <= LONGEST
    assert words.isprintable()
    assert len(secret) < 4 or secret not in words


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"errors": [{"code": "NAME_UNKNOWN"}]}, 404),
        ({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, 404),
        ({"errors": [{"code": "denied"}]}, 403),
        ({"errors": [{"code": "UNAUTHORIZED"}]}, 401),
        ({"errors": [{"code": "TOOMANYREQUESTS"}]}, 429),
        ({"errors": [{"code": "UNAVAILABLE"}]}, 503),
        ({"errors": [{"code": "ELSE"}, {"code": "DENIED"}]}, 403),
        ({"errors": [{"message": "no"}]}, 400),
        ({"errors": ["no"]}, 400),
        ({"errors": [{"code": ["DENIED"]}]}, 400),
        ({"errors": []}, None),
        ({"errors": None}, None),
        ({"errors": [{"code": "DENIED"}], "tags": ["1.0"]}, None),
        ({"errors": [{"code": "DENIED"}], "layers": [{}]}, None),
        ({"tags": ["1.0"]}, None),
        (["errors"], None),
    ],
)
def test_an_error_document_has_the_status_of_its_first_known_code(document: object, status: int | None) -> None:
    """A document with content is none."""
    assert status_meant(json.dumps(document).encode()) == status


@pytest.mark.parametrize("body", [b"", b'"errors"', b'{"errors": [', b"<html>", b'{"errors": ' * 100_000])
def test_another_body_has_no_such_status(body: bytes) -> None:
    """Whatever it is."""
    assert status_meant(body) is None
