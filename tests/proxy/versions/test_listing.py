"""The order of listings."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from proxy.version_types import Order
from proxy.versions.listing import ListedTag, listing_of
from proxy.versions.tag_names import is_attachment
from proxy.versions.tag_order import precedence
from tests.fakes.registry import digest_of
from tests.proxy.clocks import NOW

NAMES = st.sampled_from(["latest", "1.0.0", "v1.0.0", "2.0.0-rc.1", "22", "edge", f"sha256-{'a' * 64}.sig"])
TAGS = st.lists(
    st.builds(
        ListedTag,
        NAMES,
        digest=st.none() | st.sampled_from("ab").map(digest_of),
        published_at=st.none() | st.integers(0, 3).map(lambda days: NOW - timedelta(days=days)),
    )
)


def test_published_is_newest_first_then_by_version() -> None:
    """Tags without a date come last, by version and then by name."""
    tags = [
        ListedTag("old", published_at=NOW - timedelta(days=9)),
        ListedTag("b"),
        ListedTag("1.9.0", published_at=NOW),
        ListedTag("1.10.0", published_at=NOW),
        ListedTag("a"),
        ListedTag("3.0.0"),
    ]
    found = [tag.name for tag in listing_of(tags, "published").tags]
    assert found == ["1.10.0", "1.9.0", "old", "3.0.0", "a", "b"]


def test_a_name_that_occurs_twice_is_listed_once() -> None:
    """A list that changes during the reading repeats tags on the next page."""
    twice = [ListedTag("1.0.0", digest_of("new")), ListedTag("1.0.0", digest_of("old"))]
    assert [tag.digest for tag in listing_of(twice, "version").tags] == [digest_of("new")]


@given(TAGS, st.sampled_from(["published", "version"]))
def test_every_listing_is_in_order(tags: list[ListedTag], order: Order) -> None:
    """Each image's name occurs once, no signature occurs, aliases are correct, and the order is the named one."""
    listing = listing_of(tags, order)
    names = [tag.name for tag in listing.tags]
    assert sorted(names) == sorted({tag.name for tag in tags if not is_attachment(tag.name)})
    assert all(tag.name in listing.aliases[tag.digest] for tag in listing.tags if tag.digest)
    assert sum(map(len, listing.aliases.values())) == sum(tag.digest is not None for tag in listing.tags)
    for one, other in zip(listing.tags, listing.tags[1:], strict=False):
        if order == "published" and one.published_at != other.published_at:
            assert one.published_at
            assert not other.published_at or one.published_at > other.published_at
        else:
            assert (precedence(one.name), other.name) > (precedence(other.name), one.name)
