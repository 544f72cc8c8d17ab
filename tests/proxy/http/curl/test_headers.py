"""Headers between bytes and text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.http.curl.headers import AnswerHeaders, header_lines, last_head


def test_names_match_in_any_case() -> None:
    """HTTP/2 has lower-case names, HTTP/1.1 any."""
    headers = AnswerHeaders([b"Docker-Content-Digest: sha256:1\r\n", b'ETag:\t"x" \r\n'])

    assert headers["docker-content-digest"] == headers["DOCKER-CONTENT-DIGEST"] == "sha256:1"
    assert "etag" in headers
    assert "ETAG" in headers
    assert "location" not in headers
    assert headers.get("location") is None
    assert dict(headers) == {"docker-content-digest": "sha256:1", "etag": '"x"'}


def test_values_of_one_name_are_joined() -> None:
    """A repeated header, and a value that goes on in the next line, are one value."""
    headers = AnswerHeaders([b"Link: <a>; rel=next\r\n", b"link: <b>; rel=last\r\n", b"X-Long: one\r\n", b"\ttwo\r\n"])

    assert headers["Link"] == "<a>; rel=next, <b>; rel=last"
    assert headers["x-long"] == "one two"
    assert len(headers) == 2


@pytest.mark.parametrize("line", [b"no colon\r\n", b" folded before any\r\n", b"\r\n"])
def test_a_line_that_is_no_header_is_ignored(line: bytes) -> None:
    """The other headers are still there."""
    assert dict(AnswerHeaders([line, b"Age: 1\r\n"])) == {"age": "1"}


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_are_read(lines: list[bytes]) -> None:
    """No host can make them fail."""
    headers = AnswerHeaders(lines)
    assert all(headers[name] is not None for name in headers)


def test_only_the_last_head_counts() -> None:
    """Not that of a proxy, nor of an answer before the answer, nor what follows the body."""
    lines = [
        b"HTTP/1.1 200 Connection established\r\n",
        b"Via: proxy\r\n",
        b"\r\n",
        b"HTTP/1.1 100 Continue\r\n",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"Age: 1\r\n",
        b"\r\n",
        b"X-Trailer: late\r\n",
    ]
    assert list(last_head(lines)) == [b"Age: 1\r\n"]
    assert list(last_head([])) == []


def test_libcurl_adds_no_header_of_its_own() -> None:
    """Each of its own headers is switched off, unless the caller has one of that name."""
    assert header_lines({"accept": "a/b", "x-empty": ""}, has_body=True) == [
        b"accept: a/b", b"x-empty;", b"Expect:", b"Content-Type:"
    ]  # fmt: skip
    assert header_lines({"Content-Type": "a/b"}, has_body=True) == [b"Content-Type: a/b", b"Accept:", b"Expect:"]
    assert header_lines({}, has_body=False) == [b"Accept:", b"Expect:"]


@pytest.mark.parametrize("value", ["secret\r\nX-Injected: 1", "secret\n", "secret\0", "secret\N{SNOWMAN}"])
def test_a_value_that_cannot_be_sent_is_refused(value: str) -> None:
    """A line break would begin another header; the message has the name alone."""
    with pytest.raises(ValueError, match="the header authorization has") as caught:
        header_lines({"authorization": value}, has_body=False)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "ä"])
def test_a_name_that_cannot_be_sent_is_refused(name: str) -> None:
    """It would be another header, or none."""
    with pytest.raises(ValueError, match="is not the name of a header"):
        header_lines({name: "x"}, has_body=False)
