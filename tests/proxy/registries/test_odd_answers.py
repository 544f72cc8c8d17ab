"""Odd headers of one repository are a failure of that repository: they stop no other, and end no round."""

import logging
from collections.abc import Iterator

import pytest

from catalog.reference import Digest, ImageReference
from proxy.errors import Garbage, KeptBack, OutsideFailure
from proxy.http.retry_after import wait_of
from proxy.http.transport import Transport
from proxy.ports import Unchanged
from proxy.registries.oci import OciRegistry
from tests.peers.dripping import DrippingHost
from tests.peers.exchange import Answer, json_answer
from tests.proxy.clocks import NOW
from tests.proxy.registries.token_registry import DIGEST, FOUND
from tests.proxy.scripted import ScriptedHost, registries

ODD_REALMS = (
    'Bearer realm="https://a]/b"',
    'Bearer realm="https://[::1"',
    'Bearer realm="https://[::g]/token"',
    'Bearer realm="https://exa mple.com/token"',
    'Bearer realm="https://example.com:99999/token"',
    'Bearer realm="https://example.com:port/token"',
    'Bearer realm="//"',
    'Bearer realm="https://"',
    'Bearer realm="https://\xb2.example/\xff"',
    'Bearer realm="http://169.254.169.254/latest"',
    'Bearer realm="file:///etc/passwd"',
    f'Bearer realm="https://{"a" * 300}.example/token"',
    'Bearer realm="https://user:password@[/token"',
    "Bearer " + "," * 5000,
    "Basic",
    "=",
)
ODD_LOCATIONS = ("http://[", "https://a]/b", "//[x", "http://h:99999/", "http://h:x/", "\xb2://\xff", "?", "http:///a")
ODD_TIMES = ("\xb2", "-1", "1e999", "NaN", "1" * 5000, "Mon, 99 Foo 99999999999999999999 0:0:0 +99999999", "10000h9h")
LATE = "Mon, 1 Jan 2026 99999999999999999999:0:0 GMT"

ODD: dict[str, Answer] = {
    **{f"realm {text[:40]}": Answer(401, b"", (("WWW-Authenticate", text),)) for text in ODD_REALMS},
    **{f"location {text}": Answer(307, b"", (("Location", text),)) for text in ODD_LOCATIONS},
    "no location": Answer(307),
    **{f"retry-after {text[:40]}": Answer(503, b"", (("Retry-After", text),)) for text in ODD_TIMES},
    **{f"x-retry-after {text[:40]}": Answer(429, b"", (("X-Retry-After", text),)) for text in ODD_TIMES},
    **{f"limit {text[:40]}": FOUND.with_headers(("RateLimit-Remaining", text)) for text in ODD_TIMES},
    "date": FOUND.with_headers(("Date", LATE)),
    "digest": Answer(200, b"", (("Docker-Content-Digest", "sha256:\xb2"),)),
    "empty digest": Answer(200, b"", (("Docker-Content-Digest", ""),)),
    "charset": Answer(200, b"{}", (("Content-Type", "application/json; charset=\xb2"),)),
    "encoding": Answer(200, b"not gzip", (("Content-Encoding", "gzip"),)),
    "encodings": Answer(200, b"not gzip", (("Content-Encoding", ", ".join(["gzip"] * 50)),)),
    "headers": FOUND.with_headers(*((f"X-{number}", "a") for number in range(200))),
    "a long header": FOUND.with_headers(("X-A", "a" * 70_000)),
    "status": Answer(599),
}


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    """A registry that has every image."""
    with ScriptedHost(lambda _: FOUND) as host:
        yield host


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_headers_of_one_repository_stop_no_other(
    transport: Transport, host: ScriptedHost, odd: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    """Each answer is one that is foreseen, and the other repositories of the registry are checked."""
    host.script = lambda request: odd if "/odd/" in request.target else FOUND
    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "odd", "b")]
    with caplog.at_level(logging.ERROR):
        answers = {reference.repository: answer for reference, answer in registries(transport).check(wanted)}

    assert isinstance(answers.pop("odd"), OutsideFailure | str)
    # A time that can be read is one that the registry asks everybody to wait.
    if wait_of({name.lower(): text for name, text in odd.headers}, NOW) is None:
        assert answers == {"a": DIGEST, "b": DIGEST}
    assert all(answer == DIGEST or isinstance(answer, KeptBack) for answer in answers.values())
    assert "unexpected" not in caplog.text


@pytest.mark.parametrize("realm", ODD_REALMS)
def test_odd_headers_of_a_registry_are_its_own(
    transport: Transport, host: ScriptedHost, realm: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A challenge that cannot be followed, on every path, is a failure of each of its references."""
    host.script = lambda _: Answer(401, b"", (("WWW-Authenticate", realm),))
    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "b", "c")]
    with caplog.at_level(logging.ERROR):
        answers = [answer for _, answer in registries(transport).check(wanted)]

    assert [isinstance(answer, OutsideFailure) for answer in answers] == [True] * 3
    assert "unexpected" not in caplog.text


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabcde\r\n",
        b"HTTP/1.1 999999999999 OK\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"\x00\xff\xfe\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n: empty\r\n folded\r\n\x00: \x00\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_no_http_is_a_failure(
    transport: Transport, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the bytes are; the connection is not used again."""

    def pieces() -> Iterator[bytes]:
        yield head
        raise OSError("closes the connection")

    with DrippingHost(pieces, lambda: None) as host, caplog.at_level(logging.CRITICAL):
        reference = ImageReference.parse(f"{host.host}/a:1")
        with pytest.raises(OutsideFailure):
            registries(transport).manifest(reference)


@pytest.mark.parametrize(
    "link", ["<http://[>; rel=next", "<https://a]/b>; rel=next", "<//[>;rel=next", "<\xb2://\xff>;rel=next", "<" * 9000]
)
def test_odd_links_end_a_list_of_tags_as_a_failure_or_as_its_end(
    transport: Transport, host: ScriptedHost, link: str
) -> None:
    """A next page that is no address is garbage; a header that is no link is none."""
    host.script = lambda _: json_answer(200, {"tags": ["1"]}, ("Link", link))
    tags = registries(transport).tags(host.image("a"))
    if "rel=next" in link:
        with pytest.raises(Garbage):
            list(tags)
    else:
        assert list(tags) == ["1"]


@pytest.mark.parametrize("error", [ValueError("Invalid IPv6 URL"), RecursionError(), KeyError("a"), MemoryError()])
def test_an_error_that_nobody_foresaw_is_a_failure_of_its_reference(
    transport: Transport,
    host: ScriptedHost,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is logged with its traceback, the message names the reference, and all others are checked."""
    asked = OciRegistry.digest

    def digest(self: OciRegistry, *wanted: object) -> Digest | Unchanged:
        if "odd" in str(wanted[0]):
            raise error
        return asked(self, *wanted)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(OciRegistry, "digest", digest)
    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "odd", "b")]
    answers = {reference.repository: answer for reference, answer in registries(transport).check(wanted)}

    failure = answers.pop("odd")
    assert isinstance(failure, Garbage)
    assert str(failure).startswith(f"{host.host}/odd:1: the check failed with an unexpected {type(error).__name__}")
    assert set(answers.values()) == {DIGEST}
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [error]


def test_an_error_before_the_first_request_stops_no_reference(
    transport: Transport, host: ScriptedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens for many repositories at once are an economy; without it each repository is asked for itself."""

    def broken(*_: object) -> list[str]:
        raise ValueError("Invalid IPv6 URL")

    monkeypatch.setattr("proxy.registries.session.Session.prepare", broken)
    wanted = [(host.image(f"{name}:1"), None) for name in "ab"]
    assert {answer for _, answer in registries(transport).check(wanted)} == {DIGEST}
