"""Signs and words of the entries of a timeline."""

import pytest

from catalog.image import Conclusion
from provider.domain.timeline.entries import EntryKind, TimelineEntry
from provider.pages.image.entry_labels import by_whom, entry_sign
from tests.provider.web_images import NOW, digest


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_has_a_sign(kind: EntryKind) -> None:
    """With an icon and a word, not only a colour."""
    sign = entry_sign(TimelineEntry(NOW, kind, "app"))
    assert sign.icon
    assert sign.word


@pytest.mark.parametrize(
    ("conclusion", "says", "tone"),
    [
        (None, "Rebuilding", "busy"),
        (Conclusion.SUCCESS, "Rebuild: success", "good"),
        (Conclusion.FAILURE, "Rebuild: failed", "bad"),
        (Conclusion.TIMED_OUT, "Rebuild: timed out", "bad"),
        (Conclusion.CANCELLED, "Rebuild: cancelled", "wait"),
    ],
)
def test_the_sign_of_a_rebuild_says_how_it_ended(conclusion: Conclusion | None, says: str, tone: str) -> None:
    """With the icon of every other failure and success."""
    sign = entry_sign(TimelineEntry(NOW, EntryKind.REBUILD, "app", conclusion=conclusion))
    assert (sign.word, sign.tone) == (says, tone)


def test_the_first_digest_is_no_change() -> None:
    """Also of a base; a skipped digest has none before it."""
    first = TimelineEntry(NOW, EntryKind.BASE_CHANGED, "node", digest=digest("a"))
    assert entry_sign(first).word == "First digest"
    moved = TimelineEntry(NOW, EntryKind.DIGEST_CHANGED, "app", digest=digest("a"), previous_digest=digest("b"))
    assert entry_sign(moved).word == "New image"
    assert entry_sign(TimelineEntry(NOW, EntryKind.SKIPPED, "app", digest=digest("a"))).word == "Digest skipped"


def test_who_did_it() -> None:
    """The service is called so; where nobody is known, nobody is named."""
    assert by_whom(TimelineEntry(NOW, EntryKind.REBUILD, "app", by="image-factory")) == "the service"
    assert by_whom(TimelineEntry(NOW, EntryKind.HELD, "app", by="user:default/jane")) == "user:default/jane"
    assert by_whom(TimelineEntry(NOW, EntryKind.HELD, "app")) == ""
