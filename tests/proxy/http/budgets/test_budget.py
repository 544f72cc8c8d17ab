"""The limits for requests to one registry."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import KeptBack
from proxy.http.budgets.breaker import OF_HOST, OF_REPOSITORY
from proxy.http.budgets.budget import DEFAULT_WAIT, LONGEST_CLOSED, OWN, POLITE, Budget, Limits, RequestLimit
from tests.proxy.clocks import NOW, Clock

SLOW = Limits(rate=2.0, burst=3, concurrency=8, reserve=20)


def closed_until(budget: Budget, clock: Clock, *, counted: bool = True) -> timedelta | None:
    """How long the budget is closed; None if it is open."""
    try:
        budget.check_open(clock.now(), counted=counted)
    except KeptBack as error:
        return (error.retry_at or datetime.max.replace(tzinfo=UTC)) - clock.now()
    return None


def closed_for(budget: Budget, clock: Clock, repository: str) -> timedelta | None:
    """How long requests for a repository are kept back; None if they are sent."""
    until = budget.retry_at(clock.now(), repository=repository)
    if until is None:
        budget.check_open(clock.now(), repository=repository)
        return None
    with pytest.raises(KeptBack) as caught:
        budget.check_open(clock.now(), repository=repository)
    assert caught.value.retry_at is not None
    return until - clock.now()


def test_a_burst_goes_at_once_and_then_the_rate_applies() -> None:
    """Three requests at once, then one every half second, and three again after a pause."""
    budget = Budget(SLOW, "r")

    assert [budget.admit(NOW) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert budget.admit(NOW + timedelta(minutes=1)) == 0


def test_private_registries_have_no_rate() -> None:
    """Without a rate, every request is sent at once."""
    budget = Budget(OWN, "r")

    assert {budget.admit(NOW) for _ in range(1000)} == {0.0}


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60))
def test_the_rate_is_never_exceeded(steps: list[float]) -> None:
    """In any window, at most the burst plus the rate times its length are sent, even if the clock goes backwards."""
    budget, clock = Budget(SLOW, "r"), Clock()
    sent = []
    for step in steps:
        clock.at += timedelta(seconds=step)
        sent.append((clock.now() + timedelta(seconds=budget.admit(clock.now()))).timestamp())
    forward = all(step >= 0 for step in steps)
    for first, start in enumerate(sent):
        for last in range(first, len(sent)):
            if forward:
                assert last - first + 1 <= 3 + 2 * (sent[last] - start) + 1e-6


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "30"}, timedelta(seconds=30)),
        ({"retry-after": "880.092Âµs"}, timedelta(seconds=1)),
        ({"retry-after": "86400"}, LONGEST_CLOSED),
        ({}, DEFAULT_WAIT),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_closes_the_budget_for_as_long_as_it_says(
    status: int, headers: dict[str, str], wait: timedelta
) -> None:
    """Until the time of a 429 every request fails with that time; afterwards requests are sent again."""
    budget, clock = Budget(OWN, "ghcr.io"), Clock()
    budget.observe(status, headers, clock.now())

    assert closed_until(budget, clock) == wait
    with pytest.raises(KeptBack, match=r"no requests go to ghcr\.io before 2026-11-22"):
        budget.admit(clock.now())
    clock.at += wait
    assert budget.admit(clock.now()) == 0
    assert budget.retry_at(clock.now()) is None


def test_a_shorter_refusal_does_not_open_a_closed_budget() -> None:
    """The later of two times applies."""
    budget, clock = Budget(OWN, "r"), Clock()
    budget.observe(503, {"retry-after": "100"}, clock.now())
    budget.observe(503, {"retry-after": "5"}, clock.now())

    assert closed_until(budget, clock) == timedelta(seconds=100)


def test_a_reserve_of_the_registry_s_limit_is_kept() -> None:
    """Counted requests stop at the reserve, others continue; a recovered limit allows counted requests again."""
    budget, clock = Budget(POLITE, "docker.io"), Clock()
    budget.observe(200, {"ratelimit-limit": "200;w=600", "ratelimit-remaining": "21;w=600"}, clock.now())
    assert closed_until(budget, clock) is None

    budget.observe(200, {"ratelimit-limit": "200;w=600", "ratelimit-remaining": "20;w=600"}, clock.now())
    assert closed_until(budget, clock) == timedelta(minutes=10)
    assert closed_until(budget, clock, counted=False) is None
    assert budget.retry_at(clock.now()) == clock.now() + timedelta(minutes=10)

    budget.observe(200, {"ratelimit-remaining": "150;w=600"}, clock.now(), counted=False)
    assert closed_until(budget, clock) is None


def test_of_a_small_limit_only_a_part_is_reserved() -> None:
    """A limit of 10 leaves 8 requests for us; a window of more than an hour is cut to an hour."""
    budget, clock = Budget(POLITE, "r"), Clock()
    budget.observe(200, {"ratelimit-limit": "10;w=21600", "ratelimit-remaining": "3;w=21600"}, clock.now())
    assert closed_until(budget, clock) is None

    budget.observe(200, {"ratelimit-limit": "10;w=21600", "ratelimit-remaining": "2;w=21600"}, clock.now())
    assert closed_until(budget, clock) == timedelta(hours=1)


def test_headers_that_cannot_be_read_change_nothing() -> None:
    """Invalid rate limit headers leave the budget open."""
    budget, clock = Budget(POLITE, "r"), Clock()
    budget.observe(200, {"ratelimit-remaining": "plenty"}, clock.now())

    assert closed_until(budget, clock) is None


def test_used_up_pulls_do_not_stop_other_requests() -> None:
    """A 429 to a counted request stops counted requests; a 429 to another request stops all."""
    budget, clock = Budget(POLITE, "docker.io"), Clock()
    budget.observe(429, {"retry-after": "50"}, clock.now(), counted=True)
    assert closed_until(budget, clock, counted=False) is None

    budget.observe(429, {"retry-after": "10"}, clock.now(), counted=False)
    assert closed_until(budget, clock, counted=False) == timedelta(seconds=10)
    assert closed_until(budget, clock) == timedelta(seconds=10)


def test_a_registry_that_is_down_is_paused() -> None:
    """Several failures in a row close the budget; an answer in between restarts the count."""
    budget, clock = Budget(OWN, "r"), Clock()
    for _ in range(OF_HOST.failures_in_a_row - 1):
        budget.failed(clock.now())
    budget.observe(200, {}, clock.now())
    budget.failed(clock.now())
    assert closed_until(budget, clock) is None
    assert budget.paused(clock.now()) is None

    for _ in range(OF_HOST.failures_in_a_row - 1):
        budget.failed(clock.now())
    assert closed_until(budget, clock) == OF_HOST.first
    pause = budget.paused(clock.now())
    assert pause
    assert pause.until == clock.now() + OF_HOST.first
    assert budget.paused(pause.until) is None
    assert budget.retry_at(clock.now()) == clock.now() + OF_HOST.first


def test_a_pause_gives_back_what_the_rate_allows() -> None:
    """After one second without requests, a rate of two per second allows two at once."""
    budget = Budget(SLOW, "r")
    for _ in range(3):
        budget.admit(NOW)

    assert [budget.admit(NOW + timedelta(seconds=1)) for _ in range(3)] == [0, 0, 0.5]


def test_the_number_of_concurrent_requests_is_limited() -> None:
    """Each request holds a slot; one more must wait."""
    budget = Budget(Limits(rate=None, burst=0, concurrency=2, reserve=0), "r")

    assert [budget.slots.acquire(0) for _ in range(3)] == [True, True, False]


def test_requests_count_by_default() -> None:
    """A used-up limit stops a request without `counted`, and one that is counted."""
    budget = Budget(POLITE, "r")
    budget.observe(429, {"retry-after": "50"}, NOW)

    assert budget.admit(NOW, counted=False) == 0
    assert budget.retry_at(NOW, counted=False) is None
    for ask in (budget.check_open, budget.admit):
        with pytest.raises(KeptBack):
            ask(NOW)


def test_of_two_used_up_limits_the_later_applies() -> None:
    """The order in which the two answers arrive does not matter."""
    for waits in (("100", "5"), ("5", "100")):
        budget = Budget(OWN, "r")
        for wait in waits:
            budget.observe(429, {"retry-after": wait}, NOW)
        assert budget.retry_at(NOW) == NOW + timedelta(seconds=100)


@pytest.mark.parametrize(("status", "counted"), [(429, True), (429, False), (503, True)])
def test_a_refusal_may_name_a_date(status: int, counted: bool) -> None:
    """A date in Retry-After is compared with our clock."""
    budget = Budget(OWN, "r")
    date = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    budget.observe(status, {"retry-after": date}, NOW, counted=counted)

    assert budget.retry_at(NOW) == NOW + timedelta(seconds=90)


def test_each_pause_says_why() -> None:
    """The messages for a required wait, for missing answers and for a used-up limit differ."""
    paused, silent, spent = Budget(OWN, "r"), Budget(OWN, "r"), Budget(POLITE, "r")
    paused.observe(503, {"retry-after": "60"}, NOW)
    for _ in range(OF_HOST.failures_in_a_row):
        silent.failed(NOW)
    spent.observe(200, {"ratelimit-remaining": "0;w=60"}, NOW)

    reasons = set()
    for budget in (paused, silent, spent):
        with pytest.raises(KeptBack) as caught:
            budget.check_open(NOW)
        reasons.add(str(caught.value).partition(" UTC: ")[2])
    assert len(reasons) == 3
    assert not reasons & {"", "None"}
    assert reasons > {"its request limit is nearly used up"}
    for counted in (True, False):
        limited = Budget(OWN, "r")
        limited.observe(429, {"retry-after": "60"}, NOW, counted=counted)
        with pytest.raises(KeptBack, match=r" UTC: (?!None)\S"):
            limited.check_open(NOW)


@pytest.mark.parametrize(
    ("headers", "window"),
    [
        ({"ratelimit-remaining": "0"}, DEFAULT_WAIT),
        ({"ratelimit-remaining": "0", "ratelimit-limit": "100"}, DEFAULT_WAIT),
        ({"ratelimit-remaining": "0", "ratelimit-limit": "100;w=300"}, timedelta(seconds=300)),
        ({"ratelimit-remaining": "0;w=600", "ratelimit-limit": "100;w=300"}, timedelta(seconds=600)),
    ],
)
def test_a_used_up_limit_waits_for_its_window(headers: dict[str, str], window: timedelta) -> None:
    """The window of `ratelimit-remaining`, otherwise that of `ratelimit-limit`, otherwise a minute."""
    budget = Budget(POLITE, "r")
    budget.observe(200, headers, NOW)

    assert budget.retry_at(NOW) == NOW + window


def test_a_failing_repository_closes_itself_alone() -> None:
    """Its pauses begin with a minute and grow; requests for others, and for the registry itself, are sent."""
    budget, clock, pauses = Budget(OWN, "r"), Clock(), []
    for _ in range(7):
        budget.failed(clock.now(), "a")
        pauses.append(closed_for(budget, clock, "a"))
        assert closed_for(budget, clock, "b") is None
        assert closed_until(budget, clock) is None
        clock.at += pauses[-1] or timedelta()
        assert closed_for(budget, clock, "a") is None

    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 30, 30)]
    assert budget.admit(clock.now(), repository="a") == 0


def test_the_pause_of_a_repository_is_named() -> None:
    """The message names registry, repository, time and cause; so does the time of the next request."""
    budget = Budget(OWN, "r.example.com")
    budget.failed(NOW, "team/a")

    for ask in (budget.check_open, budget.admit):
        with pytest.raises(
            KeptBack, match=r"no requests go to r\.example\.com/team/a before .*the last request failed"
        ):
            ask(NOW, repository="team/a")
    assert budget.retry_at(NOW, repository="team/a") == NOW + OF_REPOSITORY.first
    assert budget.retry_at(NOW, repository="team/b") is None
    assert budget.retry_at(NOW) is None


def test_a_repository_that_answers_begins_anew() -> None:
    """After an answer the next pause is short again; the answer of another repository changes nothing."""
    budget, clock = Budget(OWN, "r"), Clock()
    for noted in (None, "b", "a"):
        budget.failed(clock.now(), "a")
        clock.at += timedelta(hours=1)
        if noted:
            budget.answered(noted)
    budget.failed(clock.now(), "a")

    assert closed_for(budget, clock, "a") == OF_REPOSITORY.first


def test_an_answer_opens_a_closed_repository() -> None:
    """A request that was under way when the repository closed shows that it works."""
    budget = Budget(OWN, "r")
    budget.failed(NOW, "a")
    budget.answered("a")

    assert budget.retry_at(NOW, repository="a") is None


def test_a_repository_waits_as_long_as_its_answer_says() -> None:
    """The time that the host named applies instead of our own."""
    budget = Budget(OWN, "r")
    budget.failed(NOW, "a", NOW + timedelta(minutes=50))

    assert closed_for(budget, Clock(), "a") == timedelta(minutes=50)
    with pytest.raises(KeptBack, match="it required a wait"):
        budget.check_open(NOW, repository="a")


def test_several_repositories_in_a_row_close_the_registry() -> None:
    """Each counts once, however often it fails; an answer of any repository ends the row."""
    budget, clock = Budget(OWN, "r"), Clock()
    names = [f"r{number}" for number in range(OF_HOST.failures_in_a_row)]
    for name in [*names[:-1], *names[:-1]]:
        budget.failed(clock.now(), name)
    assert closed_until(budget, clock) is None

    budget.answered("another")
    budget.failed(clock.now(), names[-1])
    assert closed_until(budget, clock) is None

    for name in names:
        budget.failed(clock.now(), name)
    assert closed_until(budget, clock) == OF_HOST.first
    assert closed_for(budget, clock, "another") == OF_HOST.first


def test_failures_of_the_host_itself_count_each_time() -> None:
    """A refused connection is not the failure of one repository."""
    budget, clock = Budget(OWN, "r"), Clock()
    for _ in range(OF_HOST.failures_in_a_row):
        assert closed_until(budget, clock) is None
        budget.failed(clock.now())

    assert closed_until(budget, clock) == OF_HOST.first


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_of_one_repository_closes_the_registry_only_if_it_names_a_time(status: int) -> None:
    """Without a time it says nothing about the others, and ends no row of failures."""
    budget, clock = Budget(OWN, "r"), Clock()
    for number in range(OF_HOST.failures_in_a_row - 1):
        budget.failed(clock.now(), f"r{number}")
    budget.observe(status, {}, clock.now(), shared=False)
    assert closed_until(budget, clock) is None
    budget.failed(clock.now(), "last")
    assert closed_until(budget, clock) == OF_HOST.first

    named = Budget(OWN, "r")
    named.observe(status, {"retry-after": "70"}, clock.now(), shared=False)
    assert closed_until(named, clock) == timedelta(seconds=70)


@pytest.mark.parametrize("status", [200, 401, 404, 500, 502])
def test_another_answer_closes_nothing(status: int) -> None:
    """Only a 429 or 503 with a time, and a limit that is used up, close a registry by an answer."""
    budget, clock = Budget(OWN, "r"), Clock()
    budget.observe(status, {"retry-after": "70"}, clock.now())

    assert closed_until(budget, clock) is None


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans(), st.integers(0, 600)), max_size=60))
def test_one_repository_starves_no_other(steps: list[tuple[str, bool, int]]) -> None:
    """Whatever fails, each repository gets a request within the longest pause of the registry or its own."""
    budget, clock = Budget(OWN, "r"), Clock()
    for name, works, seconds in steps:
        clock.at += timedelta(seconds=seconds)
        if works:
            budget.answered(name)
        else:
            budget.failed(clock.now(), name)
        failed = {each for each, fine, _ in steps if not fine}
        for each in "abcdefgh":
            longest = OF_REPOSITORY.longest if each in failed else OF_HOST.longest
            assert (closed_for(budget, clock, each) or timedelta()) <= longest


def test_the_last_answer_says_what_is_left_of_the_limit() -> None:
    """With its window, at most a day; an answer that names no limit changes nothing."""
    clock = Clock()
    budget = Budget(POLITE, "registry-1.docker.io")
    assert budget.limit is None
    budget.observe(200, {"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"}, clock.now())
    assert budget.limit == RequestLimit(76, 100, clock.now() + timedelta(hours=6))
    budget.observe(200, {}, clock.now())
    budget.observe(200, {"ratelimit-remaining": "many"}, clock.now())
    assert budget.limit == RequestLimit(76, 100, clock.now() + timedelta(hours=6))
    budget.observe(200, {"ratelimit-remaining": "7;w=9999999"}, clock.now())
    assert budget.limit == RequestLimit(7, 7, clock.now() + timedelta(days=1))
