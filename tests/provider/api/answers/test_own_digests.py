"""What the service knows of the digests of an image."""

from dataclasses import replace
from datetime import timedelta

from catalog.image import (
    CauseDocument,
    DependencyDocument,
    DependencyRole,
    Image,
    OriginDocument,
    RebuildDocument,
    UpdateDocument,
)
from provider.api.answers.own_digests import BuiltFrom, OwnDigests
from tests.provider.web_images import NOW, base, digest, managed

DAY = timedelta(days=1)


def update(letter: str, days: int) -> UpdateDocument:
    """A digest that was first seen so many days ago."""
    return UpdateDocument(digest(letter), None, NOW - days * DAY, None, "check", repoint=False, platforms=())


def dependency(name: str, built_on: str | None, newest: str | None) -> DependencyDocument:
    """An image that the app depends on."""
    return DependencyDocument(
        name,
        f"{name.replace('-', ':')}",
        DependencyRole.FINAL,
        ("from",),
        built_on=digest(built_on) if built_on else None,
        newest=digest(newest) if newest else None,
    )


def own(image: Image, *others: Image) -> OwnDigests:
    """The digests of an image, beside others."""
    return OwnDigests(image, {other.name: other for other in others}.get)


def test_a_digest_is_known_since_it_was_first_seen() -> None:
    """A digest that came back counts from its return; any other digest is unknown."""
    known = own(managed("app", updates=(update("1", 9), update("2", 5), update("1", 2))))

    assert known.first_seen(digest("2")) == NOW - 5 * DAY
    assert known.first_seen(digest("1")) == NOW - 2 * DAY
    assert (known.first_seen(digest("3")), known.first_seen(None)) == (None, None)


def test_base_digests_have_the_names_of_their_images() -> None:
    """From the dependencies now, from the causes of rebuilds, and from the histories of the dependencies."""
    cause = CauseDocument("go-1", "go:1", digest("d"), digest("e"), NOW)
    rebuild = RebuildDocument(
        "r1",
        NOW,
        None,
        None,
        "completed",
        None,
        None,
        "image-factory",
        emergency=False,
        reason="",
        causes=(cause,),
        freshness="",
    )
    app = managed(
        "app",
        dependencies=(dependency("node-22", "a", "b"),),
        rebuilds=(rebuild,),
        origins=(
            OriginDocument(digest("1"), (digest("a"),)),
            OriginDocument(digest("2"), (digest("c"), digest("d"), digest("e"), digest("f"))),
        ),
    )
    node = replace(base("node-22"), updates=(update("c", 30),))

    known = own(app, node)
    assert known.built_from(digest("1")) == [BuiltFrom(digest("a"), "node-22", "node:22")]
    assert known.built_from(digest("2")) == [
        BuiltFrom(digest("c"), "node-22", "node:22"),
        BuiltFrom(digest("d"), "go-1", "go:1"),
        BuiltFrom(digest("e"), "go-1", "go:1"),
        BuiltFrom(digest("f"), None, None),
    ]
    assert (known.built_from(digest("3")), known.built_from(None)) == ([], [])


def test_a_dependency_that_is_not_tracked_names_nothing() -> None:
    """Its history is nowhere."""
    app = managed(
        "app", dependencies=(dependency("gone-1", None, None),), origins=(OriginDocument(digest("1"), (digest("a"),)),)
    )
    assert own(app).built_from(digest("1")) == [BuiltFrom(digest("a"), None, None)]
