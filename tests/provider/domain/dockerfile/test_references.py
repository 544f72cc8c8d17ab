"""Which images a Dockerfile depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.image import DependencyRole
from provider.domain.dockerfile import DockerfileError, FoundReference, discover

DIGEST = "sha256:" + "a" * 64
FEW = ["$A", "${A", "${A:-", " AS ", "\n", "\\\n", "<<EOF", "\nEOF\n", *"ab0=,'\"} \n"]


def short(found: FoundReference) -> str:
    """Kind, reference, stage and role as one line."""
    return f"{found.kind} {found.reference} {found.stage_index} {found.role}"


def found(text: str, platforms: Sequence[str] = ("linux/amd64",)) -> list[str]:
    """The references of a file in short."""
    return [short(reference) for reference in discover(text, platforms=platforms).references]


def test_every_part_of_a_reference_is_reported() -> None:
    """Kind, text, expansion, image, tag, digest, stage, index, line and role."""
    text = f"ARG V=22\n\nFROM node:${{V}}@{DIGEST} AS Build\nRUN x"

    (reference,) = discover(text).references

    assert (reference.kind, reference.role) == ("from", "final")
    assert reference.written == f"node:${{V}}@{DIGEST}"
    assert reference.reference == f"node:22@{DIGEST}"
    assert (reference.image.image, reference.image.tag) == ("docker.io/library/node", "22")
    assert reference.image.digest == DIGEST
    assert (reference.stage, reference.stage_index, reference.line) == ("build", 0, 3)


def test_nothing_is_made_up_that_is_not_written() -> None:
    """Without a tag, a digest or a name there is none."""
    (reference,) = discover("FROM ghcr.io/team/app").references

    assert (reference.image.tag, reference.image.digest, reference.stage) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "kind", "written", "stage", "line"),
    [
        ("# escape=`\n# syntax=ghcr.io/team/tool:2\nFROM scratch", "syntax", "ghcr.io/team/tool:2", None, 2),
        ("FROM scratch AS Out\nCOPY --from=ghcr.io/team/tool:2 x y", "copy-from", "ghcr.io/team/tool:2", "out", 2),
        ("FROM scratch\nCOPY --from='ghcr.io/team/tool:2' x y", "copy-from", "ghcr.io/team/tool:2", None, 2),
        (
            "FROM scratch AS out\n\nRUN --mount=from=ghcr.io/team/tool:2,target=/x y",
            "mount-from",
            "ghcr.io/team/tool:2",
            "out",
            3,
        ),
    ],
)
def test_every_kind_of_reference_has_all_parts(
    text: str, kind: str, written: str, stage: str | None, line: int
) -> None:
    """The text as written, the parsed image, the stage that takes it, and the line."""
    (reference,) = discover(text).references

    assert (reference.kind, reference.written, reference.reference) == (kind, written, written)
    assert (reference.image.image, reference.image.tag) == ("ghcr.io/team/tool", "2")
    assert (reference.stage, reference.line) == (stage, line)


def test_references_come_in_order() -> None:
    """`# syntax=` first, then by stage, within a stage by line; the same image as often as it stands there."""
    text = """# syntax=docker/dockerfile:1
FROM golang:1 AS build
RUN --mount=from=alpine,target=/a --mount=type=bind,from=busybox,target=/b x
COPY --from=alpine /a /b
FROM debian
COPY --from=build /x /x
COPY --from=alpine /a /b
"""
    assert found(text) == [
        "syntax docker/dockerfile:1 None syntax",
        "from golang:1 0 stage",
        "mount-from alpine 0 stage",
        "mount-from busybox 0 stage",
        "copy-from alpine 0 stage",
        "from debian 1 final",
        "copy-from alpine 1 stage",
    ]
    assert [reference.line for reference in discover(text).references] == [1, 2, 3, 3, 4, 5, 7]


@pytest.mark.parametrize(
    ("text", "target", "final"),
    [
        ("FROM a\nFROM b", None, "b"),
        ("FROM a AS one\nFROM b", "one", "a"),
        ("FROM a AS one\nFROM b", "ONE", "a"),
        ("FROM a AS one\nFROM one AS two\nFROM two", None, "a"),
        ("FROM a AS one\nFROM b AS two\nFROM one", None, "a"),
        ("FROM a AS one\nFROM scratch", None, None),
        ("FROM a AS one\nFROM scratch AS two\nFROM two", None, None),
        ("FROM a AS x\nFROM b AS x\nFROM x", None, "b"),
        ("FROM a AS x\nFROM b AS x", "x", "b"),
        ("FROM a\nCOPY --from=b x y", None, "a"),
        ("FROM a", "", "a"),
    ],
)
def test_final_is_the_base_of_the_target(text: str, target: str | None, final: str | None) -> None:
    """Through the FROM chain, from the target or else the last stage; everything else has another role."""
    finals = [
        reference.reference for reference in discover(text, target=target).references if reference.role == "final"
    ]

    assert finals == ([final] if final else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM scratch", []),
        ("FROM scratch AS a\nFROM a\nCOPY --from=scratch x y\nRUN --mount=from=scratch,target=/x y", []),
        ("FROM Base", None),
        ("FROM node AS base\nFROM base", ["from node 0 final"]),
        ("FROM node AS Base\nFROM base", ["from node 0 final"]),
        ("FROM node AS Base\nFROM Base", None),
        ("FROM base\nFROM node AS base", ["from base 0 unused", "from node 1 final"]),
        ("FROM base AS base", ["from base 0 final"]),
        ("FROM base AS base\nFROM base AS base", ["from base 0 final"]),
        ("FROM base:latest AS base\nFROM base:latest", ["from base:latest 0 unused", "from base:latest 1 final"]),
        ("FROM node AS a\nFROM 0", ["from node 0 unused", "from 0 1 final"]),
        ("FROM node AS a\nFROM b\nCOPY --from=A x y", ["from node 0 stage", "from b 1 final"]),
        ("FROM node AS a\nFROM b\nCOPY --from=0 x y", ["from node 0 stage", "from b 1 final"]),
        ("FROM node AS a\nFROM b\nCOPY --from=+0 x y", ["from node 0 stage", "from b 1 final"]),
        (
            "FROM node\nFROM b\nRUN --mount=from=0,target=/x y",
            ["from node 0 unused", "from b 1 final", "mount-from 0 1 stage"],
        ),
        ("FROM node AS a\nFROM b\nRUN --mount=from=A,target=/x y", ["from node 0 stage", "from b 1 final"]),
        ("FROM a\nCOPY --from=" + "9" * 30 + " x y", ["from a 0 final", "copy-from " + "9" * 30 + " 0 stage"]),
        ("FROM a\nCOPY x --from=b", ["from a 0 final"]),
        ("FROM a\nCOPY -- --from=b x", ["from a 0 final"]),
        ('FROM a\nCOPY --from="b" ["x", "y"]', ["from a 0 final", "copy-from b 0 stage"]),
        ("FROM a\nADD x y\nCOPY --from= x y", ["from a 0 final"]),
        ("FROM a\nRUN --mount=type=cache,target=/x --mount=type=secret,id=x y", ["from a 0 final"]),
        ("FROM a\nRUN echo --mount=from=b", ["from a 0 final"]),
        ("FROM a\nRUN <<EOF\nFROM b\nCOPY --from=c d e\nEOF", ["from a 0 final"]),
        ("FROM --platform=linux/arm64 a", ["from a 0 final"]),
        ("FROM --platform=$BUILDPLATFORM a", ["from a 0 final"]),
        ("FROM --platform=linux/$TARGETARCH a", ["from a 0 final"]),
        ('FROM "a:1"', ["from a:1 0 final"]),
        ("FROM a\\:1", ["from a:1 0 final"]),
        ("from a as b\ncopy --from=c x y", ["from a 0 final", "copy-from c 0 stage"]),
    ],
)
def test_stages_and_images_are_told_apart(text: str, expected: list[str] | None) -> None:
    """Names, numbers and `scratch` mean what they mean to BuildKit; None stands for a file that it refuses."""
    if expected is None:
        with pytest.raises(DockerfileError, match="is not an image reference"):
            discover(text)
    else:
        assert found(text) == expected


@pytest.mark.parametrize("number", ["00", "+00", "-0", "0" * 19, "0" * 20, "-" + "0" * 40, "0" * 1000])
def test_zeros_before_an_index_do_not_change_it(number: str) -> None:
    """However many there are, the text is the index of a stage and no image."""
    assert found(f"FROM node\nFROM b\nCOPY --from={number} x y") == ["from node 0 stage", "from b 1 final"]


@pytest.mark.parametrize("number", ["9223372036854775808", "9999999999999999999", "1" * 200])
def test_a_number_that_is_too_large_for_an_index_is_an_image(number: str) -> None:
    """BuildKit reads an index as a 64-bit integer."""
    text = f"FROM scratch\nCOPY --from={number} x y"

    assert [reference.image.repository for reference in discover(text).references] == [f"library/{number}"]


@pytest.mark.parametrize(
    ("text", "build_args", "reference"),
    [
        ("ARG V=22\nFROM node:$V", {}, "node:22"),
        ("ARG V=22\nFROM node:$V", {"V": "24"}, "node:24"),
        ("ARG V\nFROM node:$V", {"V": "24"}, "node:24"),
        ("ARG V=1\nARG V=2\nFROM node:$V", {}, "node:2"),
        ("ARG V=1\nARG V\nFROM node:$V", {}, "node:1"),
        ("ARG A=1 B=2\nFROM node:$A.$B", {}, "node:1.2"),
        ("ARG A=1\nARG B=$A.2\nFROM node:$B", {}, "node:1.2"),
        ("ARG A=1 B=$A.2\nFROM node:$B", {"A": "3"}, "node:3.2"),
        ("ARG A=1\nARG B=$A\nARG A=2\nFROM node:$B", {}, "node:1"),
        ("ARG A='$B'\nFROM node:${A:+x}", {}, "node:x"),
        ('ARG I="node:22"\nFROM $I', {}, "node:22"),
        ("ARG I=node I2=unused\nFROM ${I:-other}:${T:-22}", {}, "node:22"),
        ("ARG V=22.3.1\nFROM node:${V%%.*}", {}, "node:22"),
        ("ARG R=registry.example.com/\nFROM ${R}team/app", {}, "registry.example.com/team/app"),
        ("ARG R=\nFROM ${R}node", {}, "node"),
        ("ARG TARGETARCH=x\nFROM node:$TARGETARCH", {}, "node:x"),
        ("FROM node:$TARGETARCH", {"TARGETARCH": "y"}, "node:y"),
        ("FROM node:$TARGETOS-$TARGETARCH$TARGETVARIANT", {}, "node:linux-amd64"),
        ("FROM node:$BUILDOS-$BUILDARCH", {}, "node:linux-amd64"),
        ("FROM node:${TARGETPLATFORM/\\//-}", {}, "node:linux-amd64"),
        ("FROM node:$TARGETSTAGE AS out", {}, "node:out"),
        ("FROM node:$TARGETSTAGE", {}, "node:default"),
        ("# escape=`\nARG V=1\nFROM node:`x$V", {}, "node:x1"),
        ("ARG A=a\nFROM node:$A\nARG A=b\nENV A=c", {}, "node:a"),
    ],
)
def test_from_sees_the_arguments_before_it(text: str, build_args: dict[str, str], reference: str) -> None:
    """Defaults, build arguments, order and platform variables."""
    assert [item.reference for item in discover(text, build_args=build_args).references] == [reference]


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("# escape=`\nARG V=1`.2\nFROM node:$V", "node:1.2"),
        ("# escape=`\nARG V='1.2'\nFROM node:`1$V", "node:11.2"),
        ("ARG V=1\\.2\nFROM node:$V", "node:1.2"),
        ("FROM node:1$TARGETOSVERSION$BUILDOSVERSION", "node:1"),
    ],
)
def test_defaults_have_the_escape_of_the_file_and_systems_no_version(text: str, reference: str) -> None:
    """The default of an ARG is read like the FROM; the platforms here have no OSVERSION."""
    assert [item.reference for item in discover(text).references] == [reference]


@pytest.mark.parametrize("part", ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"])
@pytest.mark.parametrize("prefix", ["BUILD", "TARGET"])
def test_a_build_argument_gives_a_platform_variable_its_value(prefix: str, part: str) -> None:
    """Without an ARG, and without a warning: BuildKit knows these names."""
    found = discover(f"FROM node:v${prefix}{part}", build_args={f"{prefix}{part}": "1"})

    assert [item.reference for item in found.references] == ["node:v1"]
    assert (found.unresolved, found.warnings) == ((), ())


@pytest.mark.parametrize(
    ("target", "references"),
    [
        (None, ["node:last", "app:last"]),
        ("last", ["node:last", "app:last"]),
        ("first", ["node:first", "app:first"]),
    ],
)
def test_the_name_of_the_target_is_a_variable(target: str | None, references: list[str]) -> None:
    """In each FROM, also in those of other stages."""
    found = discover("FROM node:$TARGETSTAGE AS first\nFROM app:$TARGETSTAGE AS last", target=target)

    assert [item.reference for item in found.references] == references


@pytest.mark.parametrize(
    ("text", "build_args", "unresolved"),
    [
        ("ARG V\nFROM node:$V", {}, [("V", 2)]),
        ("FROM node:$V", {}, [("V", 1)]),
        ("FROM node:$V", {"V": "22"}, [("V", 1)]),
        ("ARG I\nFROM $I", {}, [("I", 2)]),
        ("FROM $A:$B$A", {}, [("A", 1), ("B", 1)]),
        ("ARG A\nARG B=$A\nFROM node:$B", {}, [("A", 3)]),
        ("FROM a\nENV V=1\nARG W=1\nFROM node:$V$W", {}, [("V", 4), ("W", 4)]),
        ("ARG V\nFROM node:$V AS x\nFROM x", {}, [("V", 2)]),
        ("ARG V\nFROM a$V\nFROM b$V", {}, [("V", 2), ("V", 3)]),
        ("FROM a:$V\nFROM b:$V", {}, [("V", 1), ("V", 2)]),
    ],
)
def test_an_argument_without_value_is_unresolved(
    text: str, build_args: dict[str, str], unresolved: list[tuple[str, int]]
) -> None:
    """It is named with the line of the FROM that needs it, and that FROM gives no reference."""
    discovery = discover(text, build_args=build_args)

    assert [(hole.name, hole.line) for hole in discovery.unresolved] == unresolved
    lines = {line for _, line in unresolved}
    assert not [reference for reference in discovery.references if reference.line in lines]


def test_an_unresolved_stage_hides_no_other_reference() -> None:
    """What its body and the other stages take is still found."""
    assert found("FROM $I AS x\nCOPY --from=b x y\nFROM c") == ["copy-from b 0 unused", "from c 1 final"]


def test_each_platform_gives_its_own_reference() -> None:
    """Where the expansion differs; where it does not, there is one."""
    text = "FROM tool-$TARGETARCH AS a\nFROM app\nCOPY --from=tools x y\nCOPY --from=a x y"
    platforms = ["linux/amd64", "linux/arm64", "linux/arm64/v8"]

    assert found(text, platforms=platforms) == [
        "from tool-amd64 0 stage",
        "from tool-arm64 0 stage",
        "from app 1 final",
        "copy-from tools 1 stage",
    ]


def test_a_platform_can_choose_the_stage() -> None:
    """Then everything that is final on one platform is final."""
    text = "FROM a AS base-amd64\nFROM b AS base-arm64\nFROM base-$TARGETARCH"

    assert found(text) == ["from a 0 final", "from b 1 unused"]
    assert found(text, platforms=["linux/amd64", "linux/arm64"]) == ["from a 0 final", "from b 1 final"]
    assert found(text, platforms=[]) == found(text)


def test_onbuild_counts_in_the_stage_that_runs_it() -> None:
    """A trigger pulls nothing in its own stage, but in every stage of the file that is built from it."""
    triggers = "ONBUILD COPY --from=t x y\nONBUILD RUN --mount=from=u,target=/x y\n"
    text = f"FROM a AS base\n{triggers}FROM b\nFROM base\nFROM base\n"

    assert found(text) == [
        "from a 0 final",
        "from b 1 unused",
        "copy-from t 2 unused",
        "mount-from u 2 unused",
        "copy-from t 3 stage",
        "mount-from u 3 stage",
    ]
    assert found("FROM a\nONBUILD COPY --from=t x y") == ["from a 0 final"]


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.text(st.sampled_from("\n\n\\#'\"$ <-=:/@{}ab01FROM"), max_size=120),
        st.lists(
            st.sampled_from(
                [
                    "FROM ",
                    "ARG ",
                    "RUN ",
                    "COPY ",
                    "ONBUILD ",
                    "--from=",
                    "--mount=",
                    "# syntax=",
                    "from=",
                    "scratch",
                    *FEW,
                ]
            ),
            max_size=40,
        ).map("".join),
    )
)
@example("FROM a\nRUN \\")
def test_any_text_is_read_or_refused_with_a_line_of_the_file(text: str | bytes) -> None:
    """Only the named error is raised, and every line lies in the file."""
    last = (text.count(b"\n") if isinstance(text, bytes) else text.count("\n")) + 1
    try:
        discovery = discover(text, platforms=["linux/amd64", "linux/arm64"])
        lines = [found.line for found in discovery.references] + [hole.line for hole in discovery.unresolved]
    except DockerfileError as error:
        lines = [error.line]

    assert all(1 <= line <= last for line in lines)


@dataclass(frozen=True, slots=True)
class Written:
    """A stage of a generated file: what its FROM says, and the earlier stage that means, if any."""

    base: str
    below: int | None


@st.composite
def written_stages(draw: st.DrawFn) -> list[Written]:
    """Stages named s0, s1, ... each on an image or an earlier stage."""
    stages: list[Written] = []
    for index in range(draw(st.integers(1, 8))):
        below = draw(st.none() | st.integers(0, index - 1)) if index else None
        image = draw(st.sampled_from(["node:22", "ghcr.io/team/app", "${REGISTRY}/app:${V:-1}", "debian@" + DIGEST]))
        stages.append(Written(image if below is None else f"s{below}", below))
    return stages


@given(written_stages(), st.data())
def test_every_from_is_found_with_its_role(stages: list[Written], data: st.DataObject) -> None:
    """In any file of images and stages, each image is found once, and only the base of the target is final."""
    target = data.draw(st.integers(0, len(stages) - 1))
    text = "ARG REGISTRY=registry.example.com\nARG V=2\n" + "".join(
        f"FROM {stage.base} AS s{index}\nRUN x\n" for index, stage in enumerate(stages)
    )
    lowest = target
    while (below := stages[lowest].below) is not None:
        lowest = below

    references = discover(text, target=f"S{target}").references

    assert [(item.stage_index, item.line, item.written, item.stage, item.role) for item in references] == [
        (
            index,
            3 + 2 * index,
            stage.base,
            f"s{index}",
            DependencyRole.FINAL if index == lowest else DependencyRole.UNUSED,
        )
        for index, stage in enumerate(stages)
        if stage.below is None
    ]
