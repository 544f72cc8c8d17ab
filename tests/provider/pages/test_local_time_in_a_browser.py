"""Tests of times in the reader's time zone, in a real browser."""

from collections.abc import Iterator

import pytest

from tests.peers.served import serving
from tests.provider.pages.browsers import window
from tests.provider.web_images import MemoryIndex, varied_images
from tests.provider.web_part import web

INSERTED = """() => {
  const part = document.createElement("p");
  part.innerHTML = '<time datetime="2026-12-31T23:30:00Z" title="2026-12-31 23:30 UTC" data-local="clock">UTC</time>'
    + '<time datetime="2026-12-31T23:30:00Z" data-local="day">31 Dec</time>'
    + '<time datetime="not a time" data-local="day">unknown</time>';
  document.querySelector("main").append(part);
}"""


@pytest.fixture(name="address", scope="module")
def served() -> Iterator[str]:
    """The address of the web part."""
    with serving(web(MemoryIndex(varied_images()))) as address:
        yield address


@pytest.mark.parametrize(
    ("zone", "deadline", "inserted"),
    [
        ("Europe/Berlin", "12 Mar 2026, 13:00", ["1 Jan 2027, 00:30", "1 Jan", "unknown"]),
        ("Asia/Kolkata", "12 Mar 2026, 17:30", ["1 Jan 2027, 05:00", "1 Jan", "unknown"]),
        ("America/New_York", "12 Mar 2026, 08:00", ["31 Dec 2026, 18:30", "31 Dec", "unknown"]),
        ("UTC", "12 Mar 2026, 12:00 UTC", ["UTC", "31 Dec", "unknown"]),
    ],
)
def test_times_are_in_the_time_zone_of_the_reader(address: str, zone: str, deadline: str, inserted: list[str]) -> None:
    """Also those that a script inserts later; UTC stays in the title, exactly."""
    with window(zone=zone) as page:
        page.goto(f"{address}/images/backstage")
        shown = page.locator('time[datetime="2026-03-12T12:00:00Z"]').first
        assert (shown.inner_text(), shown.get_attribute("title")) == (deadline, "2026-03-12 12:00 UTC")
        page.evaluate(INSERTED)
        assert page.locator("main > p:last-child time").all_inner_texts() == inserted


def test_relative_times_have_both_zones_in_their_titles(address: str) -> None:
    """So the exact time is one movement of the mouse away."""
    with window(zone="Europe/Berlin") as page:
        page.goto(f"{address}/images/backstage")
        titles = page.locator("time:not([data-local])").evaluate_all("all => all.map(time => time.title)")
        assert titles
        assert all("UTC)" in title and title[0].isdigit() for title in titles), titles


def test_times_are_in_utc_without_a_script(address: str) -> None:
    """The text of the server says so."""
    with window(zone="Europe/Berlin", scripts=False) as page:
        page.goto(f"{address}/images/backstage")
        assert page.locator('time[datetime="2026-03-12T12:00:00Z"]').first.inner_text() == "12 Mar 2026, 12:00 UTC"


def test_a_reference_breaks_after_its_separators_only_and_is_copied_exactly(address: str) -> None:
    """A phone breaks `ghcr.io/acme/backstage:latest` at a slash or colon; the selected text has no other character."""
    with window() as page:
        page.goto(f"{address}/images/backstage")
        reference = page.locator("dd .copyable code").first
        assert reference.evaluate("code => getSelection().selectAllChildren(code) ?? getSelection().toString()") == (
            "ghcr.io/acme/backstage:latest"
        )
        assert "<wbr>" in reference.inner_html()
