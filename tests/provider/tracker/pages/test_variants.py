"""Tests of how pages show the variants of a version."""

from provider.tracker.decisions.kinds import RepositoryType
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

_WORDS = ("alpine", "amd64", "arm64", "bookworm", "debug", "jammy", "noble", "slim")


def test_tracker_a_version_is_shown_with_its_variants() -> None:
    """The list of releases has one entry, with the first variants; the page of the release has all of them."""
    world = TrackerWorld()
    tags = ("2.0.0", *(f"2.0.0-{word}" for word in _WORDS))
    world.publish(RepositoryType.CONTAINER, "quay.io/acme/app", *map(release, tags))
    number = world.add("quay.io/acme/app")

    page = world.client().get(f"/repositories/{number}").text
    assert page.count('class="release"') == 1
    assert "Variants: <code>2.0.0-alpine</code>, <code>2.0.0-amd64</code>" in page
    assert "<code>2.0.0-jammy</code> and 2 more" in page
    (one,) = world.store.releases(number, 9).items
    detail = world.client().get(f"/repositories/{number}/releases/{one.id}").text
    assert all(f"<code>2.0.0-{word}</code>" in detail for word in _WORDS)


def test_tracker_a_version_without_a_plain_tag_says_what_its_hash_is_of() -> None:
    """The hash is of one of the variants."""
    world = TrackerWorld()
    world.publish(RepositoryType.CONTAINER, "quay.io/acme/app", release("2.0.0-arm64"), release("2.0.0-amd64"))
    number = world.add("quay.io/acme/app")
    (one,) = world.store.releases(number, 9).items
    assert one.version == "2.0.0"
    page = world.client().get(f"/repositories/{number}/releases/{one.id}").text
    assert "of <code>2.0.0-amd64</code>" in page
