"""The cached form of listed tags."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import Digest
from proxy.version_types import PlatformImage, Vulnerabilities
from proxy.versions.apis.packing import pack, unpack, unpack_with_sizes
from proxy.versions.listing import ListedTag
from tests.fakes.registry import digest_of

TIMES = st.none() | st.integers(0, 10**9).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
DIGESTS = st.none() | st.text(max_size=3).map(digest_of)
COUNTS = st.integers(0, 10**6)
TEXTS = st.none() | st.text(max_size=10)
FLAGS = st.none() | st.booleans()
PLATFORMS = st.builds(PlatformImage, st.text(), st.text(), TEXTS, DIGESTS, st.none() | COUNTS, TEXTS)
TAGS = st.builds(
    ListedTag,
    st.text(min_size=1),
    digest=DIGESTS,
    size=st.none() | COUNTS,
    published_at=TIMES,
    platforms=st.lists(PLATFORMS, max_size=3).map(tuple),
    url=TEXTS,
    described=st.booleans(),
    built_at=TIMES,
    kind=st.sampled_from([None, "image", "chart"]),
    signed=FLAGS,
    sbom=FLAGS,
    revision=TEXTS,
    vulnerabilities=st.none() | st.builds(Vulnerabilities, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.booleans()),
    expires_at=TIMES,
)


@given(st.lists(TAGS))
def test_nothing_is_lost(tags: list[ListedTag]) -> None:
    """Every field comes back as it was."""
    assert unpack(pack(tags)) == tags


@given(st.lists(TAGS, max_size=3), st.dictionaries(st.sampled_from("abc").map(digest_of), st.integers(1, 10**12)))
def test_sizes_of_platforms_are_kept_with_them(tags: list[ListedTag], sizes: dict[Digest, int]) -> None:
    """A list of an older release has none."""
    assert unpack_with_sizes(pack(tags, sizes)) == (tags, sizes)
    assert unpack(pack(tags, sizes)) == tags


def test_ten_thousand_tags_are_small() -> None:
    """Less than a hundred bytes each; digests hardly shrink."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    tags = [ListedTag(f"1.{each}.0", digest_of(str(each)), published_at=at) for each in range(10_000)]
    assert len(pack(tags)) < 100 * 10_000
