"""What depends on an image, as its pages show it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.exceptions import UnprocessableEntity

from catalog.image import DependencyRole, Evidence, Status
from provider.domain.graph.dependents import Dependent, DependentState
from provider.pages.base.dependents_view import DependentsQueryOfPage, dependent_sign, dependents_view
from tests.provider.web_images import NOW, digest

NEWEST = Dependent(
    "app",
    Status.UP_TO_DATE,
    "group:default/team-a",
    steps=1,
    role=DependencyRole.FINAL,
    through=(),
    digest=digest("a"),
    evidence=Evidence.VERIFIED,
    pinned=False,
    known=True,
    behind=False,
    behind_since=None,
)
BEHIND = replace(NEWEST, behind=True, behind_since=NOW - timedelta(days=3))
OLDER = replace(BEHIND, behind_since=NOW - timedelta(days=9), steps=2, role=None, through=("run",))
READER = replace(NEWEST, role=DependencyRole.SYNTAX)
ALL = [OLDER, BEHIND, replace(NEWEST, known=False), NEWEST, READER]


def test_every_state_that_occurs_is_counted() -> None:
    """With the longest time behind, and how many contain the image at all."""
    view = dependents_view(ALL, DependentsQueryOfPage(), 50)

    assert view.counts == {
        DependentState.BEHIND: 2,
        DependentState.UNKNOWN: 1,
        DependentState.NEWEST: 1,
        DependentState.UNUSED: 1,
    }
    assert (view.total, view.found, view.containing, view.direct) == (5, 5, 4, 4)
    assert view.behind_since == NOW - timedelta(days=9)


def test_a_filter_leaves_the_counts() -> None:
    """They are the links to the other filters."""
    view = dependents_view(ALL, DependentsQueryOfPage("behind", direct=True), 50)
    assert (list(view.rows), view.found, view.total) == ([BEHIND], 1, 5)
    assert view.counts[DependentState.NEWEST] == 1


def test_pages() -> None:
    """The last one has the rest, and one past the end is empty."""
    many = [NEWEST] * 120
    assert [len(dependents_view(many, DependentsQueryOfPage(page=page), 50).rows) for page in (1, 2, 3, 4)] == [
        50,
        50,
        20,
        0,
    ]
    assert dependents_view(many, DependentsQueryOfPage(), 50).pages == 3
    assert dependents_view([], DependentsQueryOfPage(), 50).pages == 1


def test_the_query_is_read_and_written() -> None:
    """What is its default is left out of addresses."""
    query = DependentsQueryOfPage.of({"state": "behind", "direct": "true", "page": "2"})
    assert query == DependentsQueryOfPage("behind", direct=True, page=2)
    assert query.parameters(page=3) == {"state": "behind", "direct": "true", "page": 3}
    assert DependentsQueryOfPage.of({"direct": "false", "page": "x"}).parameters() == {}


@pytest.mark.parametrize("arguments", [{"state": "late"}, {"direct": "yes"}])
def test_a_wrong_query_is_refused(arguments: dict[str, str]) -> None:
    """A filter is never ignored."""
    with pytest.raises(UnprocessableEntity):
        DependentsQueryOfPage.of(arguments)


def test_each_state_has_a_sign() -> None:
    """With a word of its own."""
    assert len({dependent_sign(state).word for state in DependentState}) == len(DependentState)
