"""Versions from a registry's own list of tags: lists that break off."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.contracts.version_world import open_world
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost

PAGES = 3


def paged(end: Answer | None) -> Callable[[Request], Answer | None]:
    """Three pages of one tag; the one after them is `end`. No manifest can be read."""

    def play(request: Request) -> Answer | None:
        if "/tags/" not in request.path:
            return Answer(404)
        number = int(request.query.get("last", "0"))
        if number == PAGES:
            return end
        return json_answer(200, {"tags": [f"1.{number}.0"]}, ("Link", f"<?last={number + 1}>; rel=next"))

    return play


ENDS: dict[str, tuple[Answer | None, str]] = {
    "500": (Answer(500), "answered 500"),
    "429": (Answer(429, b"", (("Retry-After", "30"),)), "answered 429"),
    "403": (Answer(403, b'{"message": "no more"}'), "(no more)"),
    "no answer": (None, "the connection"),
    "a login page": (Answer(200, b"<html>"), "a web page"),
    "the first page again": (json_answer(200, {"tags": ["1.0.0"]}, ("Link", "<?last=9>; rel=next")), "does not end"),
}


@pytest.mark.parametrize(("end", "words"), ENDS.values(), ids=ENDS)
def test_a_list_that_breaks_off_is_shown_as_far_as_it_is_known(clock: Clock, end: Answer | None, words: str) -> None:
    """With the reason; its pages in the registry's own shape are marked as not confirmed."""
    with ScriptedHost(paged(end)) as host, open_world(clock, mirrors={host.host: host.url}) as world:
        page = world.page(f"{host.host}/team/app")

        assert [version.tag for version in page.items] == ["1.2.0", "1.1.0", "1.0.0"]
        assert (page.total, page.stale) == (3, False)
        assert words in str(page.problem)
        raw = world.raw(f"{host.host}/team/app")
        assert (raw.document, raw.stale) == ({"name": "team/app", "tags": ["1.0.0", "1.1.0", "1.2.0"]}, True)


def test_a_list_that_broke_off_is_read_again_after_a_minute(clock: Clock) -> None:
    """Then it is whole, and nothing is said."""
    with ScriptedHost(paged(Answer(403))) as host, open_world(clock, mirrors={host.host: host.url}) as world:
        assert world.page(f"{host.host}/team/app").problem
        host.script = paged(json_answer(200, {"tags": ["2.0.0"]}))
        assert world.page(f"{host.host}/team/app").problem

        clock.at += timedelta(minutes=1, seconds=1)
        page = world.page(f"{host.host}/team/app")
        assert (next(version.tag for version in page.items), page.total, page.problem) == ("2.0.0", 4, None)


def test_an_old_complete_list_is_better_than_a_part_of_a_new_one(clock: Clock) -> None:
    """It is marked stale."""
    whole = paged(json_answer(200, {"tags": ["2.0.0"]}))
    with ScriptedHost(whole) as host, open_world(clock, mirrors={host.host: host.url}) as world:
        assert world.page(f"{host.host}/team/app").total == 4
        host.script = paged(Answer(403))
        clock.at += timedelta(minutes=6)
        page = world.page(f"{host.host}/team/app")

        assert (page.total, page.stale, page.problem) == (4, True, None)


@pytest.mark.parametrize(("answer", "error"), [(404, NotFound), (403, Refused), (500, Unavailable), (200, Garbage)])
def test_a_list_whose_first_page_fails_is_a_failure(clock: Clock, answer: int, error: type[OutsideFailure]) -> None:
    """Nothing is known, so nothing is shown."""
    with (
        ScriptedHost(lambda _: Answer(answer)) as host,
        open_world(clock, mirrors={host.host: host.url}) as world,
        pytest.raises(error),
    ):
        world.page(f"{host.host}/team/app")


def test_a_list_counts_while_it_is_read(clock: Clock) -> None:
    """Page by page, so that those who wait see that it goes on."""
    counts: list[int] = []

    def play(request: Request) -> Answer | None:
        counts.append(world.upstreams.progress.of(f"{host.host}/team/app"))
        return paged(json_answer(200, {"tags": ["2.0.0"]}))(request)

    with ScriptedHost(play) as host, open_world(clock, mirrors={host.host: host.url}) as world:
        world.raw(f"{host.host}/team/app")
        assert world.upstreams.progress.of(f"{host.host}/team/app") == 0
    assert counts[-4:] == [0, 1, 2, 3]
