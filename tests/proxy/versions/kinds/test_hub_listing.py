"""The cached form of Docker Hub's tags."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import ImageReference
from proxy.docker_hub.tags import HubTag
from proxy.version_types import PlatformImage
from proxy.versions.kinds.hub_listing import pack, tag_page, unpack
from tests.fakes.registry import digest_of

APP = ImageReference("docker.io", "octo/app")
DIGESTS = st.sampled_from("abc").map(digest_of)
SIZES = st.none() | st.integers(0, 10**12)
PLATFORMS = st.builds(
    PlatformImage,
    st.sampled_from(["linux", "windows"]),
    st.sampled_from(["amd64", "arm64"]),
    st.none() | st.just("v8"),
    st.none() | DIGESTS,
    SIZES,
    st.none() | st.just("10.0.26100.2314"),
)
TAGS = st.builds(
    HubTag,
    st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    st.none() | DIGESTS,
    SIZES,
    st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    st.lists(PLATFORMS, max_size=3).map(tuple),
    st.sampled_from(["active", "inactive", "stale", None]),
)


@given(st.lists(TAGS, max_size=5), st.lists(st.sampled_from(["x", "y"]), max_size=2))
def test_everything_that_a_listing_needs_is_kept(tags: list[HubTag], undated: list[str]) -> None:
    """Times are exact to the microsecond; additional names have no details and need no manifest."""
    kept = unpack(pack(tags, undated), APP)

    assert [(row.name, row.digest, row.published_at, row.platforms, row.activity) for row in kept[: len(tags)]] == [
        (tag.name, tag.digest, tag.published_at, tag.platforms, tag.activity) for tag in tags
    ]
    assert all(row.size == tag.size for row, tag in zip(kept, tags, strict=False) if not tag.platforms)
    assert [(row.name, row.digest, row.published_at) for row in kept[len(tags) :]] == [
        (name, None, None) for name in undated
    ]
    assert all(row.described and row.url for row in kept)


def test_the_cached_form_is_small() -> None:
    """Twelve thousand tags of six platforms each take a few megabytes."""
    tags = [
        HubTag(
            f"1.{number}.0",
            digest_of(str(number)),
            1000,
            datetime(2026, 1, 1, tzinfo=UTC),
            tuple(PlatformImage("linux", f"a{each}", None, digest_of(f"{number} {each}"), 1000) for each in range(6)),
        )
        for number in range(1_200)
    ]
    assert len(pack(tags, [])) < 450_000


def test_each_tag_has_a_web_page() -> None:
    """Official images have a page of a different form."""
    assert tag_page(ImageReference("docker.io", "library/node"), "22") == "https://hub.docker.com/_/node"
    assert tag_page(APP, "1.0") == "https://hub.docker.com/r/octo/app/tags?name=1.0"
