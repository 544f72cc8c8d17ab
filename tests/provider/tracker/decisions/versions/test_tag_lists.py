"""Tests of the latest version in tag lists of public projects."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.one_version import one_version_each
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.order import latest, precedence, sort_text

_FILE = Path(__file__).parent / "tag_lists.yaml"


@cache
def _projects() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def _name(project: dict[str, Any]) -> str:
    return str(project.get("name") or project["project"].split()[0].rpartition("/")[2])


@pytest.mark.parametrize("project", _projects(), ids=lambda project: str(project["project"]))
def test_tracker_the_latest_version_of_public_projects_is_found(project: dict[str, Any]) -> None:
    """In whatever order the tags come, also when only the tags of that form are releases."""
    form = TagForm(project.get("form", "any"))
    tags = [tag for tag in project["tags"].split() if form is TagForm.ANY or precedence(tag, form)]

    for order in (tags, tags[::-1], sorted(tags)):
        each = one_version_each(map(FoundRelease, order), form)
        found = latest(each.published.values(), form, _name(project))
        assert found is not None
        assert found.version == project["latest"]


def test_the_lists_are_of_many_projects() -> None:
    """Each project is there once."""
    names = [project["project"] for project in _projects()]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("project", _projects(), ids=lambda project: str(project["project"]))
def test_the_stored_order_of_the_lists_is_the_order_of_the_keys(project: dict[str, Any]) -> None:
    """The database sorts texts where Python compares keys."""
    keys = [key for tag in project["tags"].split() if (key := precedence(tag, TagForm.ANY))]
    assert sorted(map(sort_text, keys)) == list(map(sort_text, sorted(keys)))
