"""The rules of the cache under any sequence of events."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from proxy.cache import Cache, Cached, Confirmed, Fetched
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.fakes.cache_storage import FakeCacheStorage
from tests.proxy.cache.upstreams import MINUTE, Upstream
from tests.proxy.clocks import Clock

ERRORS = (Unavailable("503"), Garbage("html"), Refused("403"), NotFound("none"))


class Histories(RuleBasedStateMachine):
    """Two processes with one storage, one key, a changing upstream, and a clock that advances."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.storage = FakeCacheStorage(self.clock.now)
        self.caches = [Cache(self.storage, now=self.clock.now, sleep=self.clock.sleep) for _ in range(2)]
        self.upstream = Upstream()
        self.version = 0
        self.asked_at: list[tuple[float, bool]] = []

    @rule(seconds=st.sampled_from([0.0, 1.0, 4.999, 5.0, 14.999, 15.0, 60.0, 3_600.0]))
    def time_passes(self, seconds: float) -> None:
        """Let time pass without a request."""
        self.clock.sleep(seconds)

    @rule(error=st.none() | st.sampled_from(ERRORS))
    def upstream_fails_or_heals(self, error: OutsideFailure | None) -> None:
        """Make the upstream fail, or (None) answer with a new version."""
        self.version += 1
        self.upstream.says = error or Fetched(str(self.version).encode(), MINUTE, str(self.version))

    @rule()
    def nothing_changes(self) -> None:
        """Make a working upstream confirm from now on, even to a request without an etag."""
        if isinstance(self.upstream.says, Fetched):
            self.upstream.says = Confirmed()

    @rule(which=st.integers(0, 1), refresh=st.booleans())
    def ask(self, which: int, refresh: bool) -> None:
        """Check that the answer is as old as it says, and marked stale if it is."""
        before = len(self.upstream.asked)
        try:
            answer = self.caches[which].get("key", self.upstream, refresh=refresh)
        except OutsideFailure:
            answer = None
        requests = len(self.upstream.asked) - before
        assert requests <= 1
        if requests:
            self.asked_at.append((self.clock.monotonic(), refresh))
        if answer is not None:
            self._check(answer, requested=bool(requests))

    def _check(self, answer: Cached, *, requested: bool) -> None:
        age = self.clock.at - answer.fetched_at
        assert timedelta(0) <= age
        assert answer.stale or age < MINUTE
        assert answer.stale == (answer.problem is not None)
        if requested:
            assert answer.stale == isinstance(self.upstream.says, OutsideFailure)

    @invariant()
    def requests_are_limited(self) -> None:
        """In any 5 s each process sends at most two requests: one because it must, one for a refresh."""
        for index, (at, _) in enumerate(self.asked_at):
            soon = [other for other, _ in self.asked_at[index:] if other - at < 5]
            assert len(soon) <= 4

    @invariant()
    def no_lease_is_left(self) -> None:
        """Between requests no lease is held."""
        assert self.storage._leases == {}


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
