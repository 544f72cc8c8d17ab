"""Tests of the images that are built from a source repository."""

from dataclasses import replace

from provider.services.enrolled_sources import EnrolledSources, enrolled_source, hidden_runs
from tests.provider.web_images import MemoryIndex, base, managed


def github(repository: str, **others: str) -> dict[str, object]:
    """The source of an entry."""
    return {"source": {"provider": "github", "repo": repository, **others}}


def index() -> MemoryIndex:
    """Images of every kind of source."""
    images = [
        managed("portal", enrollment=github("Acme/Portal", workflow="build.yml")),
        managed(
            "docs",
            enrollment={**github("acme/portal"), "build": {"system": "github-actions", "workflow": "docs.yml"}},
        ),
        managed("hook", enrollment={**github("acme/hook"), "build": {"system": "webhook", "url": "https://x.test"}}),
        managed("lab", enrollment={"source": {"provider": "gitlab", "repo": "acme/lab"}}),
        managed("watched"),
        base("node"),
    ]
    return MemoryIndex(images, {image.name: image.name for image in images})


def test_repositories_are_found_in_any_case() -> None:
    """The result has the spelling of the first enrollment; sources outside GitHub are left out."""
    sources = EnrolledSources(index())

    assert sources.repositories() == {"acme/portal": "acme/portal", "acme/hook": "acme/hook"}
    assert [source.image for source in sources.images("ACME/Portal")] == ["docs", "portal"]


def test_a_workflow_selects_images_of_a_repository() -> None:
    """The file name of the workflow decides; images of another build system have no workflow."""
    sources = EnrolledSources(index())

    assert [source.image for source in sources.images("acme/portal", "docs.yml")] == ["docs"]
    assert sources.images("acme/portal", "lint.yml") == []
    assert [source.workflow for source in sources.images("acme/hook")] == [None]


def test_the_index_is_read_again_when_the_catalog_changed() -> None:
    """The index is not read again before that, because every request needs the sources."""
    found = index()
    sources = EnrolledSources(found)
    sources.repositories()
    sources.images("acme/portal")
    assert found.asked.count("page") == 1

    del found.images["hook"]
    del found.by_name["hook"]
    assert set(sources.repositories()) == {"acme/portal"}


def test_an_image_without_a_github_source_has_no_enrolled_source() -> None:
    """An image that is not enrolled has none, and an image with a source outside GitHub has none."""
    assert enrolled_source(base("node")) is None
    assert enrolled_source(managed("x")) is None


def test_a_source_that_no_rule_allows_is_not_shown_and_an_owner_without_a_rule_has_no_rights() -> None:
    """Another image may still open the repository; the reason says what an admin can do."""
    found = index()
    hidden = {name: replace(image, shows_runs=False, owner_acts=False) for name, image in found.images.items()}
    alone = EnrolledSources(MemoryIndex(list(hidden.values()), {name: name for name in hidden}))
    assert (alone.repositories(), alone.images("acme/portal")) == ({}, [])

    some = found.images | {"portal": hidden["portal"]}
    sources = EnrolledSources(MemoryIndex(list(some.values()), {name: name for name in some}))
    assert [(source.image, source.owner) for source in sources.images("acme/portal")] == [
        ("docs", "group:default/team-a")
    ]
    source = enrolled_source(hidden["portal"])
    assert source
    assert source.owner is None
    assert "an admin can add a rule" in str(hidden_runs(hidden["portal"]))
    assert hidden_runs(found.images["portal"]) is None
