"""Tests of what is kept for a moment, and of where."""

import pytest

from provider.api.answers.kept_answers import KeptAnswer, KeptAnswers, headers_to_keep, key_of

ASKED = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/a", "QUERY_STRING": "page=2"}

KEY = ("", "/a", "")


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds so far."""
        return self.now


def answer(body: bytes = b"{}", seconds: float = 2.0) -> KeptAnswer:
    """An answer with that body."""
    return KeptAnswer("versions.list", '"tag"', (("Content-Type", "application/json"),), body, seconds)


def test_an_answer_is_given_until_its_seconds_are_over() -> None:
    """Counted from when it was kept, however often it is given."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 1.9
    assert kept.get(KEY) == answer()
    clock.now = 2.0
    assert kept.get(KEY) is None


def test_one_caller_makes_the_next_answer() -> None:
    """Meanwhile the others are given the old one, and then all the new one."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer(b"old"))

    clock.now = 2.5
    assert [kept.get(KEY) for _ in range(3)] == [None, answer(b"old"), answer(b"old")]
    kept.keep(KEY, answer(b"new"))
    assert kept.get(KEY) == answer(b"new")


def test_an_old_answer_does_not_outlive_a_caller_who_made_none() -> None:
    """A second after its time nobody gets it, however it is asked for."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 2.0
    kept.get(KEY)
    clock.now = 3.0
    assert [kept.get(KEY) for _ in range(3)] == [None, None, None]


def test_an_answer_that_nobody_asked_for_in_time_is_not_given() -> None:
    """Much later the first caller makes it anew, and the others do too while it is not there."""
    clock = Seconds()
    kept = KeptAnswers(clock)
    kept.keep(KEY, answer())

    clock.now = 60.0
    assert [kept.get(KEY) for _ in range(2)] == [None, None]


def test_other_keys_have_other_answers() -> None:
    """Path and query both count."""
    kept = KeptAnswers(Seconds())
    kept.keep(("", "/a", "page=1"), answer())

    for other in [("", "/a", ""), ("", "/a", "page=2"), ("", "/b", "page=1"), ("/x", "/a", "page=1")]:
        assert kept.get(other) is None


def test_room_is_bounded_in_bytes() -> None:
    """The least recently used goes first, and what alone takes all room is not kept."""
    kept = KeptAnswers(Seconds(), most_bytes=14_000)
    for name in "abc":
        kept.keep(("", name, ""), answer(b"x" * 1_500))
    kept.get(("", "a", ""))
    kept.keep(("", "d", ""), answer(b"x" * 1_500))
    kept.keep(("", "e", ""), answer(b"x" * 12_000))

    assert [name for name in "abcde" if kept.get(("", name, ""))] == ["a", "c", "d"]


def test_the_key_is_path_and_query() -> None:
    """As the server decoded the path; where the service is mounted counts too."""
    assert key_of(ASKED) == ("", "/a", "page=2")
    assert key_of({**ASKED, "SCRIPT_NAME": "/x", "CONTENT_LENGTH": "0"}) == ("/x", "/a", "page=2")


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
def test_what_is_unusual_has_no_key(unusual: dict[str, str]) -> None:
    """Other methods, bodies, cookies, parts, other conditions, and addresses of any length."""
    assert key_of(ASKED | unusual) is None


def test_headers_that_each_answer_has_of_its_own_are_left_out() -> None:
    """The rest is kept as it is, in its order."""
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
def test_an_answer_that_may_be_for_one_caller_is_not_kept(name: str, value: str) -> None:
    """Nor one with a header that nobody thought of."""
    assert headers_to_keep([("Content-Type", "application/json"), (name, value)]) is None
