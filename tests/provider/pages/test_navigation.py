"""Tests of the menu that every page has."""

import re

import pytest

from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld
from tests.provider.web_images import MemoryIndex, varied_images
from tests.provider.web_part import web

_CURRENT = re.compile(r'aria-current="(page|true)">([^<]+)</a>')


def _menu(page: str) -> str:
    return page[page.index('aria-label="Main"') : page.index("</nav>")]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/", ("page", "Releases")),
        ("/releases", ("page", "What is new")),
        ("/repositories/1", ("true", "Releases")),
        ("/repositories/new", ("true", "Releases")),
        ("/images", ("page", "Images")),
        ("/images?status=failed", ("page", "Images")),
        ("/images/backstage", ("true", "Images")),
        ("/api/docs", ("page", "API")),
    ],
)
def test_the_menu_marks_the_current_page_and_only_that(path: str, marked: tuple[str, str]) -> None:
    """A page below an entry marks the entry as its part."""
    world = TrackerWorld()
    world.add_unpolled("https://github.com/acme/tool", "tool")
    assert _CURRENT.findall(_menu(world.client().get(path).text)) == [marked]


def test_the_menu_has_only_pages_that_are_served() -> None:
    """Without a release tracker and webhooks there are no links to them."""
    menu = _menu(web(MemoryIndex(varied_images())).test_client().get("/images").text)
    assert "Releases" not in menu
    assert "What is new" not in menu
    assert "Webhooks" not in menu
    assert "Images" in menu


def test_a_page_that_is_named_like_another_is_not_marked_as_its_part() -> None:
    """What begins with the same letters is not below that page."""
    menu = _menu(
        web(MemoryIndex(varied_images())).test_client().get("/imagesque", headers={"Accept": "text/html"}).text
    )
    assert _CURRENT.findall(menu) == []
