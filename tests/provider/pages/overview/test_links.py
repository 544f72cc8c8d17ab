"""Every link of the overview leads to a page, in the whole web part."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.ports import ReportedProblem
from provider.settings import read_settings
from tests.provider.overview_world import OverviewWorld, organization

WRONG = "'7x' is not a duration"


@pytest.fixture(name="app")
def made_app(tmp_path: Path) -> Iterator[Flask]:
    """The whole web part over a database with three hundred images."""
    url = f"sqlite:///{tmp_path / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts:
        world = OverviewWorld(parts.engine)
        world.put(organization(300))
        world.check()
        world.report(*(ReportedProblem("app", f"{line}", WRONG, "images.yaml", line) for line in range(1, 8)))
        yield web_app(parts)


def _links(page: str) -> set[str]:
    """The addresses of pages, without those of style sheets and icons."""
    found = (unescape(link) for link in re.findall(r'href="(/[^"]*)"', page))
    return {link for link in found if "/static/" not in link}


@pytest.mark.parametrize("query", ["", "?owner=group:default/payments,user:default/mia"])
def test_every_link_of_the_overview_leads_to_a_page(app: Flask, query: str) -> None:
    """With its filters: an unknown one would be refused."""
    client = app.test_client()
    # The list of images shows at least one row for each number that is not zero.
    links = _links(client.get(f"/overview{query}").text)
    assert len(links) >= 30
    answers = {link: client.get(link) for link in links}
    assert {link: answer.status_code for link, answer in answers.items() if answer.status_code != 200} == {}
    lists = [link for link in links if link.startswith("/images?role=managed")]
    assert len(lists) > 8
    assert [link for link in lists if 'href="/images/' not in answers[link].text] == []


def test_the_front_page_of_the_whole_service_stays_the_list_of_repositories(app: Flask) -> None:
    """The overview is one click away, by the brand and by the menu."""
    page = app.test_client().get("/").text
    assert "<h1>Releases" in page
    assert page.count('href="/overview"') == 2
