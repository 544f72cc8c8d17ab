"""What depends on an image, as its page shows it."""

from catalog.image import DependentDocument, Status
from provider.pages.image.dependents import MOST_SHOWN, shown_dependents


def test_what_needs_attention_comes_first() -> None:
    """Then the name decides; the counts are of all, in the same order."""
    found = [DependentDocument(f"a-{status.value}", status) for status in Status]
    found.append(DependentDocument("z", Status.FAILED))
    shown = shown_dependents(found)
    assert [each.name for each in shown.shown][:4] == ["a-failed", "z", "a-error", "a-unknown"]
    assert [each.name for each in shown.shown][-2:] == ["a-up-to-date", "a-watched"]
    assert list(shown.counts.items())[:2] == [(Status.FAILED, 2), (Status.ERROR, 1)]
    assert (shown.total, shown.left_out) == (11, 0)


def test_not_too_many_are_shown() -> None:
    """The bad one of many is among them."""
    found = [DependentDocument(f"app-{number:03}", Status.UP_TO_DATE) for number in range(300)]
    found.append(DependentDocument("zz", Status.ERROR))
    shown = shown_dependents(found)
    assert (len(shown.shown), shown.total, shown.left_out) == (MOST_SHOWN, 301, 251)
    assert shown.shown[0].name == "zz"
    assert shown_dependents(()).total == 0
