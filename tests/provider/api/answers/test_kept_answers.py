"""Tests of the cache of responses: what is cached, and for how long."""

import pytest

from provider.api.answers.kept_answers import KeptAnswer, KeptAnswers, headers_to_keep, key_of

REQUEST = {
    "HTTP_HOST": "factory.example",
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/a",
    "QUERY_STRING": "page=2",
}

KEY = ("", "/a", "")


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The current time in seconds."""
        return self.now


def answer(body: bytes = b"{}", seconds: float = 2.0) -> KeptAnswer:
    """A response with this body."""
    return KeptAnswer("versions.list", '"tag"', (("Content-Type", "application/json"),), body, seconds)


def test_a_response_is_sent_until_its_time_is_over() -> None:
    """The time starts when it is stored, and does not depend on how often it is sent."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 1.9
    assert kept.get(KEY) == answer()
    clock.now = 2.0
    assert kept.get(KEY) is None


def test_one_caller_makes_the_next_response() -> None:
    """Meanwhile the others get the old one; then all get the new one."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer(b"old"))

    clock.now = 2.5
    assert [kept.get(KEY) for _ in range(3)] == [None, answer(b"old"), answer(b"old")]
    kept.keep(KEY, answer(b"new"))
    assert kept.get(KEY) == answer(b"new")


def test_an_old_response_ends_even_if_the_next_one_is_not_made() -> None:
    """It is not sent later than one second after its time."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 2.0
    kept.get(KEY)
    clock.now = 3.0
    assert [kept.get(KEY) for _ in range(3)] == [None, None, None]


def test_a_response_is_not_sent_long_after_its_time() -> None:
    """Then every caller makes a new one until one is stored."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 60.0
    assert [kept.get(KEY) for _ in range(2)] == [None, None]


def test_other_keys_have_other_responses() -> None:
    """Path and query are both part of the key."""
    kept = KeptAnswers(Seconds())
    kept.keep(("", "/a", "page=1"), answer())

    for other in [("", "/a", ""), ("", "/a", "page=2"), ("", "/b", "page=1"), ("/x", "/a", "page=1")]:
        assert kept.get(other) is None


def test_memory_is_limited_in_bytes() -> None:
    """The least recently used is removed first, and a response larger than the cache is not stored."""
    kept = KeptAnswers(Seconds(), most_bytes=14_000)
    for name in "abc":
        kept.keep(("", name, ""), answer(b"x" * 1_500))
    kept.get(("", "a", ""))
    kept.keep(("", "d", ""), answer(b"x" * 1_500))
    kept.keep(("", "e", ""), answer(b"x" * 12_000))

    assert [name for name in "abcde" if kept.get(("", name, ""))] == ["a", "c", "d"]


def test_the_key_is_path_and_query() -> None:
    """The path is decoded, and the prefix under which the service runs is part of the key."""
    assert key_of(REQUEST) == ("", "/a", "page=2")
    assert key_of({**REQUEST, "SCRIPT_NAME": "/x", "CONTENT_LENGTH": "0"}) == ("/x", "/a", "page=2")


@pytest.mark.parametrize(
    "unusual",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"CONTENT_LENGTH": "5"},
        {"QUERY_STRING": "q=" + "x" * 2_000},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_COOKIE": "session=x"},
        {"HTTP_RANGE": "bytes=0-9"},
        {"HTTP_IF_MATCH": '"x"'},
        {"HTTP_IF_MODIFIED_SINCE": "Sun, 06 Nov 1994 08:49:37 GMT"},
    ],
)
def test_an_unusual_request_has_no_key(unusual: dict[str, str]) -> None:
    """Unusual are other methods, bodies, cookies, ranges, other conditions and very long addresses."""
    assert key_of(REQUEST | unusual) is None


def test_headers_that_differ_for_each_response_are_left_out() -> None:
    """The others are kept unchanged and in their order."""
    shared = (("Content-Type", "application/json"), ("X-Pagination", "{}"), ("Cache-Control", "no-cache"))
    assert headers_to_keep([*shared, ("X-Request-Id", "1"), ("Date", "now")]) == shared


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Set-Cookie", "session=x"),
        ("Vary", "Authorization"),
        ("Cache-Control", "private, no-cache"),
        ("cache-control", "No-Store"),
        ("Content-Encoding", "gzip"),
        ("Link", "<http://here>"),
        ("X-Something-New", "1"),
    ],
)
def test_a_response_that_may_be_for_one_caller_is_not_stored(name: str, value: str) -> None:
    """A response with an unknown header is not stored either."""
    assert headers_to_keep([("Content-Type", "application/json"), (name, value)]) is None
