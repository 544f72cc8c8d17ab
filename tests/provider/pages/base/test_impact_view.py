"""What a change of an image would rebuild, summed up."""

from datetime import timedelta

from provider.domain.impact import Impact
from provider.pages.base.impact_view import impact_view
from tests.provider.web_images import NOW


def _impact(days: int | None) -> Impact:
    at = None if days is None else NOW + timedelta(days=days)
    return Impact("app", 1, ("node", "app"), at, days is not None, None if days is not None else "app is on hold")


def test_the_sum_counts_those_that_need_a_person() -> None:
    """And says when the first and the last of the others may start."""
    view = impact_view([_impact(1), _impact(7), _impact(None)], 1, 100)
    assert (view.total, view.automatic, view.by_hand) == (3, 2, 1)
    assert (view.first, view.last) == (NOW + timedelta(days=1), NOW + timedelta(days=7))


def test_without_any_that_goes_by_itself_there_is_no_time() -> None:
    """Nothing is made up."""
    view = impact_view([_impact(None)], 1, 100)
    assert (view.automatic, view.first, view.last) == (0, None, None)
    assert impact_view([], 1, 100).pages == 1


def test_pages() -> None:
    """The sum is that of all of them."""
    many = [_impact(1)] * 230
    assert [len(impact_view(many, page, 100).rows) for page in (1, 2, 3, 4)] == [100, 100, 30, 0]
    assert (impact_view(many, 3, 100).total, impact_view(many, 3, 100).pages) == (230, 3)
