"""Tests of the findings about the images that an enrollment would depend on."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.image import DependencyRole
from catalog.reference import Digest, ImageReference
from provider.domain.discovery.findings import FileFindings, OtherKind, SourceFindings
from provider.domain.dockerfile import Discovery, DockerfileWarning, FoundReference, ReferenceKind, Unresolved
from provider.domain.enrollment import Bake, Source
from provider.domain.findings.bases import BaseAnswers, base_findings, found_bases
from provider.domain.findings.finding import Availability, Finding, FoundBase, Level, Unanswered
from provider.domain.state import DependencyState
from proxy.errors import AddressRefused, NotFound, Refused, Unavailable
from tests.provider.domain.samples import NODE, dependency, digest, image

SOURCE = Source("github", "acme/portal")
SHOWN = "docker.io/library/node:22"


def used(reference: ImageReference = NODE, line: int = 1, **others: Any) -> FoundReference:
    """A line that names an image."""
    kind, role = ReferenceKind.FROM, DependencyRole.FINAL
    return FoundReference(kind, str(reference), str(reference), reference, None, 0, line, role, **others)


def files(**references: FoundReference) -> SourceFindings:
    """What Dockerfiles of these names say."""
    return SourceFindings(tuple(FileFindings(path, Discovery((each,), ())) for path, each in references.items()))


def about(
    edge: DependencyState,
    answer: Digest | Unanswered | None,
    found: SourceFindings | None = None,
    source: Source = SOURCE,
) -> Finding:
    """The finding about one image, which line 1 of the only Dockerfile names."""
    answers = BaseAnswers({edge.image: answer} if answer else {}, {})
    names = files(Dockerfile=used(edge.image)) if found is None else found
    (finding,) = base_findings(source, image("portal", edge), names, answers)
    return finding


@pytest.mark.parametrize(
    ("answer", "level", "message", "unknown"),
    [
        (digest("a"), Level.INFO, f"line 1: node:22 (the base of the built stage) has the digest {digest('a')}", False),
        (NotFound("x"), Level.WARNING, "line 1: docker.io has no node:22; correct the reference", False),
        (AddressRefused("private"), Level.ERROR, "line 1: node:22: private", False),
        (Refused("no rights"), Level.WARNING, "line 1: node:22 cannot be read: no rights", False),
        (Unavailable("later"), Level.WARNING, "not known: line 1: node:22: later", True),
        (
            None,
            Level.WARNING,
            "not known: line 1: node:22: the files name too many images to ask for each",
            True,
        ),
    ],
)
def test_each_answer_of_a_registry_is_a_finding_with_its_line(
    answer: Digest | Unanswered | None, level: Level, message: str, *, unknown: bool
) -> None:
    """At the key that names the file."""
    assert about(dependency(), answer) == Finding("source.dockerfile", level, message, unknown=unknown)


def test_a_missing_image_that_may_be_a_context_says_how_to_name_one() -> None:
    """`COPY --from=src` may mean either."""
    src = ImageReference("docker.io", "library/src", None)
    edge = replace(dependency(src), written="src")

    found = about(edge, NotFound("x"), files(Dockerfile=used(src, 3, maybe_context=True)))

    assert (found.field, found.level) == ("source.dockerfile", Level.WARNING)
    assert found.message == (
        "line 3: src is no stage, and no registry has src:latest; if it is a named build context, write "
        "source.contexts: {src: local}"
    )
    assert "correct the reference" in about(edge, NotFound("x"), SourceFindings()).message


@pytest.mark.parametrize(
    ("kinds", "source", "field"),
    [
        (("from",), SOURCE, "source.dockerfile"),
        (("from",), replace(SOURCE, bake=Bake("bake.hcl", "app")), "source.bake"),
        ((OtherKind.BY_HAND.value,), SOURCE, "source.baseImages"),
        ((OtherKind.LABEL.value,), SOURCE, "repository"),
    ],
)
def test_the_finding_is_at_the_key_that_names_the_image(kinds: tuple[str, ...], source: Source, field: str) -> None:
    """A file, base images by hand, or the label of the image itself; without a line none is shown."""
    found = about(replace(dependency(), kinds=kinds), digest("a"), SourceFindings(), source)

    assert (found.field, found.level) == (field, Level.INFO)
    assert found.message == f"node:22 (the base of the built stage) has the digest {digest('a')}"


def test_of_several_files_the_line_names_its_file() -> None:
    """The first line that names the image counts."""
    names = files(**{"app/Dockerfile": used(line=2), "Dockerfile": used(line=7)})

    assert about(dependency(), digest("a"), names).message.startswith("app/Dockerfile line 2: node:22 ")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (NODE.at(digest("a")), "is pinned by its digest, so it causes no rebuild"),
        (replace(NODE, tag=None).at(digest("a")), "is pinned by its digest, so it causes no rebuild"),
        (replace(NODE, tag=None).at(digest("b")), "is pinned by its digest, so it causes no rebuild"),
        (NODE.at(digest("b")), f"is pinned, and its tag points to another digest now ({digest('a')})"),
    ],
)
def test_a_pinned_image_causes_no_rebuild(reference: ImageReference, words: str) -> None:
    """Its tag, where one is written, may have moved."""
    found = about(dependency(reference), digest("a"))

    assert words in found.message
    assert found.message.startswith(f"line 1: {reference.familiar} (")


def test_a_file_that_names_nothing_causes_nothing() -> None:
    """What cannot be read, or is not known, has a finding of its own."""
    nothing = SourceFindings((FileFindings("Dockerfile", Discovery((), ())),))
    told = Finding("source.dockerfile", Level.WARNING, "no image of a registry is named, so nothing causes a rebuild")
    answers = BaseAnswers({}, {})

    assert list(base_findings(SOURCE, image("portal"), nothing, answers)) == [told]
    for found in (
        SourceFindings(problem="Dockerfile: line 2: FROM needs an image"),
        SourceFindings((FileFindings("Dockerfile", Discovery((), (Unresolved("V", 1),))),)),
        SourceFindings((FileFindings("Dockerfile", Discovery((), (), (DockerfileWarning(1, "a template"),))),)),
    ):
        assert list(base_findings(SOURCE, image("portal"), found, answers)) == []


def test_each_image_is_shown_with_its_line_digest_and_entity() -> None:
    """As far as they are known."""
    debian = ImageReference("docker.io", "library/debian", "12")
    pinned = NODE.at(digest("c"))
    edges = (dependency(), dependency(debian, role=DependencyRole.STAGE), dependency(pinned))
    answers = BaseAnswers({NODE: digest("a"), debian: NotFound("x")}, {NODE: "node-22"})
    names = files(Dockerfile=used(line=4))

    assert found_bases(image("portal", *edges), names, answers) == (
        FoundBase(SHOWN, SHOWN, DependencyRole.FINAL, ("from",), 4, "", Availability.FOUND, digest("a"), "node-22"),
        FoundBase(
            str(debian), str(debian), DependencyRole.STAGE, ("from",), None, "", Availability.MISSING, None, None
        ),
        FoundBase(
            str(pinned), str(pinned), DependencyRole.FINAL, ("from",), None, "", Availability.UNKNOWN, None, "node-22"
        ),
    )


def test_of_several_files_an_image_is_shown_with_its_file() -> None:
    """A person looks there."""
    names = files(**{"app/Dockerfile": used(line=2), "Dockerfile": used(line=7)})

    (found,) = found_bases(image("portal", dependency()), names, BaseAnswers({}, {}))

    assert (found.file, found.line) == ("app/Dockerfile", 2)
