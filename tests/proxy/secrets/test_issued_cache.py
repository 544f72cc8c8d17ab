"""Issued credentials are kept until shortly before their end, and asked for once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from proxy.deadline import Deadline, ends_by
from proxy.errors import Garbage, OutsideFailure, Refused, Unavailable
from proxy.secrets.credential_sources import IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.issued_cache import IssuedCache
from proxy.secrets.secret import Secret
from tests.proxy.clocks import NOW, Clock

KEY = ("registry.example.com", "all")


def issued(text: str, lifetime: timedelta | None = None, at: datetime = NOW) -> IssuedCredentials:
    """Credentials whose password is the text."""
    return IssuedCredentials(BasicCredentials("ci", Secret(text)), at + lifetime if lifetime else None)


class Issuing:
    """Issues answers in turn, and repeats the last one; counts its calls."""

    def __init__(self, *answers: IssuedCredentials | Exception | None) -> None:
        self.answers: Iterator[IssuedCredentials | Exception | None] = iter(answers)
        self.last: IssuedCredentials | Exception | None = None
        self.calls = 0

    def __call__(self) -> IssuedCredentials | None:
        """The next answer."""
        self.calls += 1
        self.last = next(self.answers, self.last)
        if isinstance(self.last, Exception):
            raise self.last
        return self.last


@pytest.fixture(name="clock")
def running_clock() -> Clock:
    """A clock at a fixed time."""
    return Clock()


@pytest.fixture(name="password")
def password_of(clock: Clock) -> Callable[[Issuing], str | None]:
    """Returns the password that a cache has after one question."""
    cache = IssuedCache(clock.now)

    def password(issue: Issuing) -> str | None:
        found = cache.get(KEY, issue)
        return found.password.reveal() if found else None

    return password


Password = Callable[[Issuing], str | None]


def test_thirty_two_askers_cause_one_call(clock: Clock) -> None:
    """All of them get its answer."""
    cache, ready, issue = IssuedCache(clock.now), threading.Barrier(32), Issuing(issued("one"))

    def slow() -> IssuedCredentials | None:
        ready.wait(5)  # the call ends only after the other 31 have asked
        return issue()

    def ask(number: int) -> str:
        if number:
            ready.wait(5)
        found = cache.get(KEY, slow)
        assert found is not None
        return found.password.reveal()

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(ask, range(32))) == {"one"}
    assert issue.calls == 1


@pytest.mark.parametrize(
    ("lifetime", "kept_for"),
    [
        (timedelta(hours=12), timedelta(hours=11, minutes=54)),
        (timedelta(hours=1), timedelta(minutes=54)),
        (timedelta(minutes=8), timedelta(minutes=5, seconds=59)),
        (None, timedelta(minutes=4, seconds=59)),
    ],
)
def test_credentials_are_issued_again_shortly_before_their_end(
    lifetime: timedelta | None, kept_for: timedelta, clock: Clock, password: Password
) -> None:
    """Five minutes before it, or a quarter of a short lifetime; without a known lifetime, after five minutes."""
    issue = Issuing(issued("one", lifetime), issued("two", timedelta(days=1)))
    assert password(issue) == "one"
    clock.sleep(kept_for.total_seconds())
    assert password(issue) == "one"
    clock.sleep(61)

    assert password(issue) == "two"
    assert issue.calls == 2


@pytest.mark.parametrize("failure", [Refused("no"), Unavailable("later"), Garbage("what?"), NoneForOwner("not acme")])
def test_a_failure_is_remembered_for_a_while(failure: OutsideFailure, clock: Clock, password: Password) -> None:
    """Every asker gets the same failure; it is asked again after 30 seconds."""
    issue = Issuing(failure, issued("one"))
    for _ in range(3):
        with pytest.raises(type(failure), match=str(failure)):
            password(issue)
    assert issue.calls == 1
    clock.sleep(30)

    assert password(issue) == "one"


@pytest.mark.parametrize(("names", "waits"), [(10, 30), (120, 120), (86_400, 300)])
def test_the_time_that_a_failure_names_is_waited_for(names: int, waits: int, clock: Clock, password: Password) -> None:
    """Not less than 30 seconds, and not more than five minutes."""
    issue = Issuing(Unavailable("later", NOW + timedelta(seconds=names)), issued("one"))
    with pytest.raises(Unavailable):
        password(issue)
    clock.sleep(waits - 1)
    with pytest.raises(Unavailable):
        password(issue)
    clock.sleep(1)

    assert password(issue) == "one"


def test_old_credentials_are_used_until_their_end_while_no_new_ones_are_issued(
    clock: Clock, password: Password
) -> None:
    """The failure is raised only once the old ones have expired."""
    issue = Issuing(issued("one", timedelta(hours=1)), Unavailable("later"))
    password(issue)
    clock.sleep(56 * 60)
    assert [password(issue), password(issue)] == ["one", "one"]
    assert issue.calls == 2
    clock.sleep(5 * 60)

    with pytest.raises(Unavailable, match="later"):
        password(issue)


def test_that_there_are_none_is_kept_too(clock: Clock, password: Password) -> None:
    """A source without credentials is asked again after five minutes."""
    issue = Issuing(None, issued("one"))
    assert [password(issue), password(issue)] == [None, None]
    assert issue.calls == 1
    clock.sleep(300)

    assert password(issue) == "one"


def test_an_unexpected_error_is_a_failure_of_the_outside(password: Password) -> None:
    """A library's own exception does not end the request."""
    with pytest.raises(Garbage, match=r"registry\.example\.com.*KeyError"):
        password(Issuing(KeyError("Credentials")))


def test_a_source_that_hangs_holds_a_request_up_only_until_its_deadline(clock: Clock) -> None:
    """The request ends by its deadline, the call goes on, and the next request has its answer."""
    cache, release = IssuedCache(clock.now), threading.Event()

    def hanging() -> IssuedCredentials | None:
        release.wait(10)
        return issued("one")

    with ends_by(Deadline.after(0.05)), pytest.raises(Unavailable, match="in time"):
        cache.get(KEY, hanging)
    assert cache.failures() == []
    release.set()

    found = cache.get(KEY, hanging)
    assert found is not None


def test_an_answer_ends_the_failure(clock: Clock) -> None:
    """It is listed until then."""
    cache, issue = IssuedCache(clock.now), Issuing(Refused("no"), issued("one"))
    with pytest.raises(Refused):
        cache.get(KEY, issue)
    assert [(key, str(error)) for key, error in cache.failures()] == [(KEY, "no")]
    clock.sleep(30)
    cache.get(KEY, issue)

    assert cache.failures() == []
