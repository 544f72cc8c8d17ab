"""Reading all pages of a Docker Hub repository."""

import threading
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.reference import ImageReference
from proxy.docker_hub.failures import AnonymousRefused
from proxy.docker_hub.tags import HubTag, TagsPage
from proxy.errors import Garbage, NotFound, OutsideFailure, Refused, Unavailable
from proxy.versions.kinds.hub_pages import AT_ONCE, MOST_PAGES, read_pages, tags_path

APP = ImageReference("docker.io", "octo/app")
DOWN = Unavailable("hub.example refused the connection")


class Hub:
    """Pages of 100 tags; `asked` are the numbers of the requested pages, `most` is the most concurrent requests."""

    def __init__(self, count: int, errors: Mapping[int, OutsideFailure] | None = None) -> None:
        self.asked: list[int] = []
        self.most = self._now = 0
        self._count, self._errors, self._lock = count, errors or {}, threading.Lock()

    def __call__(self, path: str) -> TagsPage:
        """One page."""
        number = int(parse_qs(urlsplit(path).query)["page"][0])
        with self._lock:
            self.asked.append(number)
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            if error := self._errors.get(number):
                raise error
            first = (number - 1) * 100
            names = range(first, min(first + 100, self._count))
            return TagsPage(self._count, "unread", tuple(HubTag(str(name), None, None, None, ()) for name in names))
        finally:
            with self._lock:
                self._now -= 1


def names(tags: tuple[HubTag, ...]) -> list[int]:
    """The names of their tags."""
    return [int(tag.name) for tag in tags]


@pytest.mark.parametrize("count", [0, 1, 100, 101, 950])
def test_every_page_is_read_once(count: int) -> None:
    """Pages are read in order, a few at the same time."""
    hub = Hub(count)
    told = read_pages(APP, hub)

    assert (names(told.tags), told.complete) == (list(range(count)), True)
    assert sorted(hub.asked) == list(range(1, max(1, -(-count // 100)) + 1))
    assert hub.most <= AT_ONCE


def test_tags_before_a_refusal_are_kept() -> None:
    """Tags after the refused page are left out, because the order would have a gap."""
    refused = {number: AnonymousRefused("sign in") for number in (11, 13)}
    told = read_pages(APP, Hub(3000, refused))

    assert (names(told.tags), told.complete) == (list(range(1000)), False)


def test_endless_lists_are_not_read_to_their_end() -> None:
    """A list longer than the limit is not complete."""
    hub = Hub(10_000_000)
    assert not read_pages(APP, hub).complete
    assert len(hub.asked) == MOST_PAGES


def test_pages_that_disappear_are_empty() -> None:
    """A page that no longer exists is not an error."""
    told = read_pages(APP, Hub(250, {3: NotFound("no such page")}))
    assert (names(told.tags), told.complete) == (list(range(200)), True)


def test_a_first_page_that_cannot_be_read_fails_the_list() -> None:
    """Without it nothing is known."""
    with pytest.raises(Unavailable):
        read_pages(APP, Hub(900, {1: DOWN}))


@pytest.mark.parametrize("number", [2, 6, 9])
@pytest.mark.parametrize("failure", [DOWN, Garbage("no JSON"), Refused("no"), AnonymousRefused("sign in")])
def test_a_later_page_that_fails_ends_the_list(number: int, failure: OutsideFailure) -> None:
    """The tags up to there are known, and that they are not all, with the reason."""
    told = read_pages(APP, Hub(900, {number: failure}))
    assert (names(told.tags), told.complete, told.failure) == (list(range(100 * number - 100)), False, failure)


def test_names_are_encoded() -> None:
    """A slash in a name is encoded."""
    reference = ImageReference("docker.io", "octo/a/b")
    assert tags_path(reference, 2, 100) == "/v2/namespaces/octo/repositories/a%2Fb/tags?page=2&page_size=100"
