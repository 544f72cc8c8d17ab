"""Tokens are cached, and fetched once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from proxy.errors import Refused
from proxy.secrets import tokens
from proxy.secrets.secret import Secret
from proxy.secrets.tokens import Token, TokenCache
from tests.proxy.clocks import Clock

SCOPES = ("repository:a:pull",)


class Fetch:
    """Counts its calls; returns tokens that are valid for a minute."""

    def __init__(self, clock: Clock) -> None:
        self.calls = 0
        self._clock = clock

    def __call__(self) -> Token:
        """The next token."""
        self.calls += 1
        return Token(Secret(f"token-{self.calls}"), self._clock.now() + timedelta(minutes=1))


def test_a_token_is_kept_until_it_has_to_be_renewed() -> None:
    """After that time another one is fetched."""
    clock = Clock()
    cache, fetch = TokenCache(clock.now), Fetch(clock)
    first = cache.get(SCOPES, fetch)
    clock.sleep(59)
    assert cache.get(SCOPES, fetch) is first

    clock.sleep(1)
    assert cache.get(SCOPES, fetch) is not first
    assert fetch.calls == 2


def test_many_callers_cause_one_fetch() -> None:
    """All callers get the same token."""
    clock = Clock()
    cache, fetch = TokenCache(clock.now), Fetch(clock)
    all_callers = threading.Barrier(20)

    def ask() -> Token:
        all_callers.wait(60)
        return cache.get(SCOPES, fetch)

    with ThreadPoolExecutor(20) as pool:
        answers = [asked.result() for asked in [pool.submit(ask) for _ in range(20)]]
    assert fetch.calls == 1
    assert len(set(answers)) == 1


def test_a_failed_fetch_fails_for_all_waiting_callers() -> None:
    """The next caller fetches again."""
    clock = Clock()
    cache, fetch = TokenCache(clock.now), Fetch(clock)
    started, fail = threading.Event(), threading.Event()

    def failing() -> Token:
        started.set()
        assert fail.wait(60)
        raise Refused("no")

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(cache.get, SCOPES, failing)
        assert started.wait(60)
        other = pool.submit(cache.get, SCOPES, fetch)
        fail.set()
        errors = [one.exception(60), other.exception(60)]
    assert isinstance(errors[0], Refused)
    # The other one waited for the same fetch, or came after it and made its own.
    assert isinstance(errors[1], Refused) or fetch.calls == 1
    assert cache.get(SCOPES, fetch).secret == Secret("token-1")


def test_only_the_refused_token_is_discarded() -> None:
    """A newer token that another caller fetched stays."""
    clock = Clock()
    cache, fetch = TokenCache(clock.now), Fetch(clock)
    old = cache.get(SCOPES, fetch)
    cache.discard(SCOPES, old)
    new = cache.get(SCOPES, fetch)
    cache.discard(SCOPES, old)

    assert cache.get(SCOPES, fetch) is new


def test_the_number_of_tokens_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expired tokens are removed first, then the oldest."""
    monkeypatch.setattr(tokens, "_TOKENS_KEPT", 2)
    clock = Clock()
    cache, fetch = TokenCache(clock.now), Fetch(clock)
    for name in "abc":
        cache.get((name,), fetch)
    assert cache.get(("c",), fetch).secret == Secret("token-3")
    cache.get(("a",), fetch)

    assert fetch.calls == 4
