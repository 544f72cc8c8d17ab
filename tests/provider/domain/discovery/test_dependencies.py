"""Tests of the one dependency that several references to an image make."""

from dataclasses import replace

import pytest

from catalog.image import DependencyRole, Evidence
from catalog.reference import ImageReference
from provider.domain.discovery.dependencies import dependencies_of
from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.dockerfile import discover
from provider.domain.enrollment import Source
from provider.domain.state import DependencyState
from tests.provider.domain.samples import NODE, dependency, digest

PORTAL = Source("github", "acme/portal")
AMD, ARM = "linux/amd64", "linux/arm64"
UNUSED = "FROM --platform=linux/arm64 node:22 AS tests\n"
STAGE = "FROM node:22 AS build\n"
OTHER_STAGE = "FROM --platform=linux/s390x node:22 AS more\n"
ANY_STAGE = "FROM --platform=$BUILDPLATFORM node:22 AS any\n"
LAST = "FROM debian:12\nCOPY --from=build /a /a\n"


@pytest.mark.parametrize(
    ("text", "role", "platforms"),
    [
        (UNUSED + STAGE + LAST, DependencyRole.STAGE, (AMD,)),
        (STAGE + UNUSED + LAST, DependencyRole.STAGE, (AMD,)),
        (UNUSED + STAGE + UNUSED.replace("tests", "again") + LAST, DependencyRole.STAGE, (AMD,)),
        ("# syntax=node:22\n" + STAGE + LAST, DependencyRole.STAGE, (AMD,)),
        (STAGE + OTHER_STAGE + LAST + "COPY --from=more /b /b\n", DependencyRole.STAGE, (AMD, "linux/s390x")),
        (UNUSED + "FROM node:22 AS others\nFROM debian:12\n", DependencyRole.UNUSED, (ARM, AMD)),
        (UNUSED + "FROM node:22\n", DependencyRole.FINAL, (AMD,)),
        ("# syntax=node:22\n" + UNUSED + "FROM debian:12\n", DependencyRole.UNUSED, ()),
        (STAGE + ANY_STAGE + LAST + "COPY --from=any /b /b\n", DependencyRole.STAGE, ()),
        (ANY_STAGE + STAGE + LAST + "COPY --from=any /b /b\n", DependencyRole.STAGE, ()),
        (UNUSED + "FROM --platform=$BUILDPLATFORM node:22 AS build\n" + LAST, DependencyRole.STAGE, ()),
    ],
)
def test_an_image_is_pulled_for_the_platforms_of_the_places_that_the_build_needs(
    text: str, role: DependencyRole, platforms: tuple[str, ...]
) -> None:
    """The platforms of places that it never pulls count only where it needs the image nowhere."""
    findings = SourceFindings((FileFindings("Dockerfile", discover(text, platforms=(AMD,))),))
    found = {each.image.repository: each for each in dependencies_of(PORTAL, findings, (), ())}

    assert (found["library/node"].role, found["library/node"].platforms) == (role, platforms)


def found(
    source: Source, findings: SourceFindings, *known: DependencyState, left_out: frozenset[ImageReference] = frozenset()
) -> list[tuple[str, str, DependencyRole, tuple[str, ...]]]:
    """Each dependency: its reference, what is written, its role and its kinds."""
    each = dependencies_of(source, findings, known, left_out)
    return [(edge.image.familiar, edge.written, edge.role, edge.kinds) for edge in each]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ARG V=22\nFROM node:$V\n",
            [("node:22", "node:$V", DependencyRole.FINAL, ("from",))],
        ),
        (
            "FROM node AS a\nFROM node:latest\nCOPY --from=node /a /a\n",
            [("node", "node", DependencyRole.FINAL, ("from", "copy-from"))],
        ),
        (
            f"FROM node:22@{digest('p')} AS a\nFROM node:22\nCOPY --from=a /a /a\n",
            [
                (f"node:22@{digest('p')}", f"node:22@{digest('p')}", DependencyRole.STAGE, ("from",)),
                ("node:22", "node:22", DependencyRole.FINAL, ("from",)),
            ],
        ),
        (
            f"FROM node@{digest('p')}\nCOPY --from=node@{digest('q')} /a /a\n",
            [
                (f"node@{digest('p')}", f"node@{digest('p')}", DependencyRole.FINAL, ("from",)),
                (f"node@{digest('q')}", f"node@{digest('q')}", DependencyRole.STAGE, ("copy-from",)),
            ],
        ),
    ],
)
def test_a_tag_or_a_digest_is_one_dependency(
    text: str, expected: list[tuple[str, str, DependencyRole, tuple[str, ...]]]
) -> None:
    """No tag is the tag latest; what is written first stays, and a digest is another image than its tag."""
    assert found(PORTAL, SourceFindings((FileFindings("Dockerfile", discover(text)),))) == expected


@pytest.mark.parametrize(
    ("files", "role"),
    [
        ((FileFindings("a", discover("FROM node:22")), FileFindings("b", discover("FROM alpine:3"))), "final"),
        (
            (FileFindings("a", discover("FROM node:22")), FileFindings("b", discover("FROM alpine:3"), apart=True)),
            "stage",
        ),
        ((FileFindings("b", discover("FROM alpine:3"), apart=True),), "final"),
        (
            (
                FileFindings("a", discover("FROM node:22")),
                FileFindings("b", discover("FROM alpine:3 AS x\nFROM debian"), apart=True),
            ),
            "unused",
        ),
    ],
)
def test_what_a_file_apart_is_built_from_is_needed_as_a_stage(files: tuple[FileFindings, ...], role: str) -> None:
    """Where another file names the final base; what the file itself does not use stays unused."""
    assert {image: found_role.value for image, _, found_role, _ in found(PORTAL, SourceFindings(files))}[
        "alpine:3"
    ] == role


@pytest.mark.parametrize(
    ("text", "role"), [("FROM scratch", DependencyRole.FINAL), ("FROM node:22", DependencyRole.STAGE)]
)
def test_an_image_by_hand_or_label_is_final_where_no_file_names_the_base(text: str, role: DependencyRole) -> None:
    """They are for the platforms of the image; what is written is shown as it is written."""
    source = replace(PORTAL, base_images=("alpine",))
    label = ImageReference.parse("debian:12")
    findings = SourceFindings((FileFindings("a", discover(text)),), label=label, platforms=(AMD,))

    assert found(source, findings)[-2:] == [
        ("alpine", "alpine", role, ("by-hand",)),
        ("debian:12", "docker.io/library/debian:12", role, ("label",)),
    ]
    assert [edge.platforms for edge in dependencies_of(source, findings, (), ())[-2:]] == [(AMD,), (AMD,)]


def test_what_is_known_of_a_dependency_stays() -> None:
    """Its name, and what the image is built from with the evidence; a new one has its reference for a name."""
    known = dependency(role=DependencyRole.STAGE, evidence=Evidence.LABEL)
    findings = SourceFindings((FileFindings("a", discover("FROM node:22\nCOPY --from=alpine:3 /a /b")),))
    node, alpine = dependencies_of(PORTAL, findings, [replace(known, name="our-node", written="node:$V")], ())

    assert (node.name, node.built_on, node.evidence) == ("our-node", known.built_on, Evidence.LABEL)
    assert (node.written, node.role) == ("node:22", DependencyRole.FINAL)
    assert (alpine.name, alpine.built_on, alpine.evidence) == ("docker.io/library/alpine:3", None, Evidence.ASSUMED)


def test_what_a_file_named_stays_while_it_cannot_be_read() -> None:
    """Only then; what is left out is no dependency, also behind others."""
    known = dependency(ImageReference.parse("golang:1"))
    read, unread = FileFindings("a", discover("FROM node:22")), FileFindings("b", None, "b: line 1: no FROM")

    assert {image for image, *_ in found(PORTAL, SourceFindings((read, unread)), known)} == {"golang:1", "node:22"}
    assert {image for image, *_ in found(PORTAL, SourceFindings((read,)), known)} == {"node:22"}
    other = SourceFindings((read, FileFindings("c", discover("FROM alpine:3"))))
    assert {image for image, *_ in found(PORTAL, other, left_out=frozenset({NODE}))} == {"alpine:3"}


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["ARG A\nFROM node:22\n"], ("app/0", 2)),
        (["FROM node:22 AS build\nFROM debian:12\nCOPY --from=node:22 /a /a\n"], ("app/0", 3)),
        (["FROM node:22 AS build\n\nFROM node:22\nCOPY --from=build /a /a\n"], ("app/0", 3)),
        (["# syntax=node:22\nFROM node:22 AS tests\nFROM node:22\n"], ("app/0", 3)),
        (["FROM debian:12\n", "FROM node:22\n"], ("app/1", 1)),
        (["FROM debian:12 AS a\nFROM node:22 \\\n  AS b\nFROM a\nCOPY --from=b /a /a\n"], ("app/0", 2)),
    ],
)
def test_a_dependency_has_the_line_that_matters_most(texts: list[str], place: tuple[str, int]) -> None:
    """The first one of its strongest role, with the path of the file."""
    files = tuple(FileFindings(f"app/{number}", discover(text)) for number, text in enumerate(texts))
    edges = dependencies_of(PORTAL, SourceFindings(files), (), ())
    (node,) = (edge for edge in edges if edge.image.repository == "library/node")
    assert (node.file, node.line) == place


def test_what_no_dockerfile_names_has_no_line() -> None:
    """A person wrote it, or a label of the image has it; a line that is read again replaces the one before."""
    by_hand = replace(PORTAL, base_images=("node:22",))
    (edge,) = dependencies_of(by_hand, SourceFindings(), (), ())
    assert (edge.file, edge.line) == ("", None)
    moved = SourceFindings((FileFindings("Dockerfile", discover("\n\nFROM node:22\n")),))
    (again,) = dependencies_of(PORTAL, moved, (replace(edge, line=1, file="Dockerfile"),), ())
    assert again.line == 3
