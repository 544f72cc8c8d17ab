"""Tests of the components that a repository publishes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.choices import MOST_CHOICES, VersionChoice, version_choices
from provider.tracker.decisions.versions.expressions import expression_problem
from provider.tracker.decisions.versions.natural import natural_version
from provider.tracker.decisions.wanted import WantedVersions

_LISTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "tag_lists.yaml").read_text(encoding="utf-8"))


def test_tracker_the_components_of_a_repository_are_named() -> None:
    """The most common first, each with its expression and its highest version; one component is no choice."""
    tags = "controller-v1.9.0 controller-v1.11.2 helm-chart-4.11.2 v0.3.0 1.0.0 0.9.0"
    assert version_choices(map(FoundRelease, tags.split()), TagForm.ANY) == (
        VersionChoice("^v?[0-9]", "1.0.0", 3),
        VersionChoice("^controller-v?[0-9]", "controller-v1.11.2", 2),
        VersionChoice("^helm-chart-[0-9]", "helm-chart-4.11.2", 1),
    )
    assert version_choices(map(FoundRelease, ["v1.0.0", "1.1.0", "latest"]), TagForm.ANY) == ()


@pytest.mark.parametrize("project", _LISTS, ids=lambda project: str(project["project"]))
def test_an_expression_of_a_choice_finds_its_component(project: dict[str, Any]) -> None:
    """In lists of public projects: at least the highest version, and no other component's."""
    tags = project["tags"].split()
    for choice in version_choices(map(FoundRelease, tags), TagForm.ANY):
        assert expression_problem(choice.include) is None
        found = [tag for tag in tags if WantedVersions(TagForm.ANY, include=choice.include).passes(tag)]
        assert choice.highest in found
        families = {version.family for tag in found if (version := natural_version(tag))}
        highest = natural_version(choice.highest)
        assert highest is not None
        assert families == {highest.family}


def test_a_long_list_of_components_is_cut() -> None:
    """A page has place for some."""
    assert (
        len(version_choices([FoundRelease(f"{chr(97 + n)}x/v1.0.0") for n in range(26)], TagForm.ANY)) == MOST_CHOICES
    )
