"""Tests of one release for each version, whatever its variants."""

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.one_version import MOST_VARIANTS, one_version_each, tags_to_read
from provider.tracker.decisions.release import FoundRelease, Release, ReleaseList


def _published(*tags: str, form: TagForm = TagForm.SEMVER) -> dict[str, tuple[str, ...]]:
    """The variants of each version; each tag has its name as hash."""
    each = one_version_each((FoundRelease(tag, hash=tag) for tag in tags), form)
    return {version: release.variants for version, release in each.published.items()}


def test_tracker_the_variants_of_a_version_are_one_release() -> None:
    """It has the name and the hash of the plain tag."""
    tags = ("8.0.10-jammy", "8.0.10", "8.0.10-alpine3.20", "8.0.9", "8.0.10-amd64")
    assert _published(*tags) == {"8.0.10": ("8.0.10-alpine3.20", "8.0.10-amd64", "8.0.10-jammy"), "8.0.9": ()}

    one = one_version_each([FoundRelease(tag, hash=tag) for tag in tags], TagForm.SEMVER).published["8.0.10"]
    assert (one.hash, one.tag) == ("8.0.10", None)


def test_tracker_several_variants_without_a_plain_tag_are_one_release() -> None:
    """It has the name that they share, and the hash of the first one."""
    found = [FoundRelease("7.0.12-ubuntu2204", hash="u"), FoundRelease("7.0.12-ubi9-slim", hash="s")]
    one = one_version_each(found, TagForm.SEMVER).published["7.0.12"]
    assert (one.variants, one.hash, one.tag) == (("7.0.12-ubi9-slim", "7.0.12-ubuntu2204"), "s", "7.0.12-ubi9-slim")


def test_tracker_an_architecture_alone_gives_no_release_its_name() -> None:
    """A single variant of another kind keeps its own name, because it may be the only one that is published."""
    assert _published("1.1.0-arm64v8") == {"1.1.0": ("1.1.0-arm64v8",)}
    assert _published("1.1.0-alpine") == {"1.1.0-alpine": ()}


def test_prereleases_counted_builds_and_components_stay_apart() -> None:
    """Only tags that name one version are combined, in the form that is in force."""
    apart = (
        "1.1.0",
        "1.1.0-rc1",
        "1.1.0-beta.2",
        "11.0.0-M9",
        "1.1.0-debian-12-r9",
        "1.1.0-debian-12-r10",
        "2.0.0-ls10",
    )
    assert _published(*apart, form=TagForm.ANY) == dict.fromkeys(apart, ())
    assert _published("v1.1.0-alpine", "1.1.0-alpine") == {"v1.1.0-alpine": (), "1.1.0-alpine": ()}
    assert _published("22", "22-alpine", "22.1", "22.1-slim", form=TagForm.PARTIAL) == {
        "22": ("22-alpine",),
        "22.1": ("22.1-slim",),
    }


def test_what_a_publisher_lists_as_a_release_is_one() -> None:
    """It has notes of its own; tags without a release are its variants."""
    found = [
        FoundRelease("1.0.0", notes="all", listed_in=ReleaseList.RELEASES),
        FoundRelease("1.0.0-cli", notes="the tool", listed_in=ReleaseList.RELEASES),
        FoundRelease("1.0.0-amd64", listed_in=ReleaseList.TAGS),
    ]
    published = one_version_each(found, TagForm.ANY).published
    assert {version: release.variants for version, release in published.items()} == {
        "1.0.0": ("1.0.0-amd64",),
        "1.0.0-cli": (),
    }


def test_stored_variants_become_one_release() -> None:
    """The oldest row that is published is kept, under the name of the version; the others are merged into it."""
    known = (Release(1, "1.0.0-amd64", withdrawn=True), Release(2, "1.0.0-arm64", hash="x"), Release(3, "1.0.0-alpine"))
    each = one_version_each(map(FoundRelease, ("1.0.0", *(row.version for row in known))), TagForm.ANY, known)
    assert each.known == (Release(2, "1.0.0", hash="x", tag="1.0.0-arm64"),)
    assert each.merged == (1, 3)

    with_plain = (*known, Release(4, "1.0.0"))
    each = one_version_each(map(FoundRelease, ("1.0.0", *(row.version for row in known))), TagForm.ANY, with_plain)
    assert (each.known, each.merged) == ((Release(4, "1.0.0"),), (1, 2, 3))


def test_a_version_keeps_its_name_when_its_other_tags_are_gone() -> None:
    """So a single variant that is left is no other release."""
    known = (Release(1, "1.0.0", variants=("1.0.0-alpine",)),)
    each = one_version_each([FoundRelease("1.0.0-alpine")], TagForm.ANY, known)
    assert list(each.published) == ["1.0.0"]


def test_what_a_person_changed_is_no_variant() -> None:
    """Neither a release that was edited or removed, nor one that was added by hand, is merged."""
    known = (Release(1, "1.0.0-alpine", by_hand=True), Release(2, "1.0.0"))
    each = one_version_each(map(FoundRelease, ("1.0.0", "1.0.0-alpine", "1.0.0-slim")), TagForm.ANY, known)
    assert (each.known, each.merged) == (known, ())
    assert each.published["1.0.0"].variants == ("1.0.0-slim",)


def test_variants_that_were_not_read_this_time_are_kept() -> None:
    """Only a list of tags that was read to its end shows that a variant is gone."""
    known = (Release(1, "1.0.0", variants=("1.0.0-alpine",)),)
    found = [FoundRelease("1.0.0"), FoundRelease("1.0.0-slim")]
    part = one_version_each(found, TagForm.ANY, known, whole=False)
    assert part.published["1.0.0"].variants == ("1.0.0-alpine", "1.0.0-slim")
    assert one_version_each(found, TagForm.ANY, known).published["1.0.0"].variants == ("1.0.0-slim",)


def test_combined_releases_can_be_combined_again() -> None:
    """Nothing changes, and no version keeps more variants than a page can show."""
    found = [FoundRelease(f"1.0.0-alpine3.{number}") for number in range(2 * MOST_VARIANTS)]
    once = one_version_each(found, TagForm.ANY).published
    assert one_version_each(once.values(), TagForm.ANY).published == once
    assert len(once["1.0.0"].variants) == MOST_VARIANTS


def test_only_the_tag_that_stands_for_a_version_is_read() -> None:
    """A digest of each variant would cost a request each."""
    tags = ["1.0.0", "1.0.0-alpine", "1.1.0-amd64", "1.1.0-arm64", "1.2.0-rc1", "1.2.0-rc1-alpine"]
    assert tags_to_read(tags, TagForm.SEMVER) == ["1.0.0", "1.1.0-amd64", "1.2.0-rc1"]
