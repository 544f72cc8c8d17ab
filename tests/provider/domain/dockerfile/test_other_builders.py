"""Files that today's BuildKit refuses and others build, or that only lack a value: what is known of them is found."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile import DockerfileError, discover

MANY = "ARG A=" + "x" * 40_000


@pytest.mark.parametrize(
    ("line", "images"),
    [
        ("RUN --mount=type=cache,target=/var/cache/dnf,Z dnf install x", []),
        ("RUN --mount=type=bind,source=build,target=/x,z x", []),
        ("RUN --mount=type=cache,dst=/c,U=true,sharing=locked x", []),
        ("RUN --mount=type=bind,from=ctx,src=/,dst=/ctx,relabel=shared x", ["ctx"]),
        ("RUN --mount=type=image,from=quay.io/acme/tool:1,destination=/t,rw=true x", ["quay.io/acme/tool:1"]),
        ("RUN --mount=type=volume,source=v,target=/v x", []),
        ("RUN --mount=type=cache,target=/c --mount=from=busybox,Z,target=/b x", ["busybox"]),
        ("RUN --mount=target=/x,odd --mount=from=a:1,target=/b --network=fake x", ["a:1"]),
        ("COPY --future-flag=x . .", []),
        ("COPY --from=busybox:1 --future x y", ["busybox:1"]),
        ("COPY --future=y --from=busybox:1 x y", ["busybox:1"]),
        ("COPY --from=busybox:1 x", ["busybox:1"]),
        ("ADD --retry=3 https://example.com/x /x", []),
        ("RUN --gpus=all x", []),
        ("RUN --device x", []),
        ("ENV A=b # comment", []),
        ("ENV A", []),
        ("LABEL a=b c", []),
        ("LABEL =x", []),
        ("HEALTHCHECK --every=5s CMD x", []),
        ("HEALTHCHECK curl localhost", []),
        ("SHELL /bin/bash", []),
        ("VOLUME []", []),
        ("EXPOSE", []),
        ("ONBUILD FROM x", []),
        ('CMD ["a", 1]', []),
        ("INCLUDE common.docker", []),
        ("RUNN apk add git", []),
        ("apk add git", []),
        ("&& apk add git", []),
    ],
)
def test_a_line_that_is_not_understood_hides_no_image_of_another(line: str, images: list[str]) -> None:
    """Nor its own, where that is clear. The warning has the line."""
    found = discover(f"FROM a AS x\n{line}\nFROM b\nCOPY --from=x c d")

    assert [each.reference for each in found.references] == ["a", *images, "b"]
    assert {each.role for each in found.references} == {"stage", "final"}
    assert [warning.line for warning in found.warnings] == [2]
    assert str(found.warnings[0]).startswith("not understood: ")
    assert str(found.warnings[0]).endswith("; the images of other lines are watched")
    assert found.unresolved == ()


@pytest.mark.parametrize("line", ["FROM a AS <<EOF", "from a as b<<EOF", "FROM --retry=<<EOF a"])
def test_a_from_that_is_not_understood_has_no_heredoc(line: str) -> None:
    """The next line is an instruction."""
    found = discover(f"{line}\nCOPY --from=b:1 c d")

    assert [each.reference for each in found.references] == ["a", "b:1"]
    assert [warning.line for warning in found.warnings] == [1]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("COPY --from=$TOOLS /x /x", ["TOOLS"]),
        ("COPY --from=${TOOLS} --chown=1:1 /x /x", ["TOOLS"]),
        ("COPY --from=acme/${NAME}:$TAG /x /x", ["NAME", "TAG"]),
        ("RUN --mount=type=bind,from=$TOOLS,target=/x y", ["TOOLS"]),
        ("RUN --mount=from=acme/$A,target=/x --mount=from=$B,target=/y z", ["A", "B"]),
    ],
)
def test_a_variable_where_buildkit_takes_none_is_unresolved(line: str, names: list[str]) -> None:
    """Others expand it by their own rules, so the image is not known; the hint says how to write it."""
    found = discover(f"ARG TOOLS=acme/tools:1\nFROM a\n{line}")

    assert [each.reference for each in found.references] == ["a"]
    assert [(hole.name, hole.line) for hole in found.unresolved] == [(name, 3) for name in names]
    assert all("name a stage whose FROM has the variable" in hole.hint for hole in found.unresolved)
    assert {warning.line for warning in found.warnings} == {3}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('ARG SHA=""\nFROM ghcr.io/acme/common:latest@${SHA} AS common\nFROM b', ["SHA"]),
        ("ARG SHA\nFROM ghcr.io/acme/common:latest@${SHA}\nFROM b", ["SHA"]),
        ("ARG TAG=\nFROM quay.io/acme/os:$TAG\nFROM b", ["TAG"]),
        ("ARG REGISTRY=\nFROM ${REGISTRY}/app:1\nFROM b", ["REGISTRY"]),
        ("ARG BASE=''\nFROM ${BASE}\nFROM b", ["BASE"]),
        ("ARG A=\nARG B=x:$A\nFROM $B\nFROM b", ["A"]),
        ("ARG A=\nFROM x:${A%-*}\nFROM b", ["A"]),
        ("ARG A=\nFROM ${A:+x}\nFROM b", ["A"]),
        ("FROM node:${NODE}\nFROM b", ["NODE"]),
        ("ARG T\nFROM tensorflow/tensorflow:devel${T}\nFROM b", ["T"]),
        ("FROM ${A:?needed}\nFROM b", ["A"]),
        ("ARG A\nARG B=${A?needed}\nFROM x:$B\nFROM b", ["A"]),
        ("ARG V='a b'\nFROM x:$V\nFROM b", ["V"]),
        ("ARG V=@VERSION@\nFROM x:$V\nFROM b", ["V"]),
        ("ARG V=UPPER\nFROM acme/$V\nFROM b", ["V"]),
        (f"{MANY}\nFROM x:$A\nFROM b", ["A"]),
        (f"{MANY}\nARG B={'$A' * 30}\nFROM x:$B\nFROM b", ["B"]),
    ],
)
def test_a_value_that_makes_no_reference_hides_no_other_image(text: str, names: list[str]) -> None:
    """The variable is named, with the line of the FROM that needs it."""
    found = discover(text)

    assert [each.reference for each in found.references] == ["b"]
    line = text.count("\n", 0, text.index("FROM")) + 1
    assert [(hole.name, hole.line) for hole in found.unresolved] == [(name, line) for name in names]


@pytest.mark.parametrize(
    "platform", ["$PLATFORM", "linux/$ARCH", "${P:?x}", "nonsense", "a/b/c/d", "$EMPTY", "$SET-x/y/z/w"]
)
def test_a_platform_that_is_not_known_hides_no_image(platform: str) -> None:
    """It is found for all platforms, with a warning."""
    found = discover(
        f"ARG PLATFORM\nARG EMPTY=\nARG SET=a\nFROM --platform={platform} node:22", platforms=["linux/arm64"]
    )

    assert [(each.reference, each.platforms) for each in found.references] == [("node:22", ())]
    assert [warning.line for warning in found.warnings] == [4]
    assert "the platform is not known, so the image is watched for all platforms" in found.warnings[0].message


@pytest.mark.parametrize(
    ("text", "references", "note"),
    [
        ("FROM docker://fedora:42", ["fedora:42"], "podman and buildah"),
        ("FROM docker://quay.io/acme/os", ["quay.io/acme/os"], "podman and buildah"),
        ("ARG B=docker://fedora\nFROM $B", ["fedora"], "podman and buildah"),
        ("FROM scratch\nCOPY --from=docker://busybox:1 a b", ["busybox:1"], "podman and buildah"),
        ("FROM scratch\nRUN --mount=from=docker://busybox,target=/x y", ["busybox"], "podman and buildah"),
        ("FROM docker-image://alpine", [], "docker-image:// names no image of a registry"),
        ("FROM oci-layout://dir@sha256:" + "a" * 64, [], "oci-layout:// names no image of a registry"),
        ("FROM scratch\nCOPY --from=oci-layout://x a b", [], "oci-layout:// names no image of a registry"),
        ("FROM docker-daemon://x:1", [], "docker-daemon:// names no image of a registry"),
        ("FROM target://base", [], "target:// names no image of a registry"),
    ],
)
def test_a_transport_is_said_for_what_it_is(text: str, references: list[str], note: str) -> None:
    """Only docker:// is an image of a registry."""
    found = discover(text)

    assert [each.reference for each in found.references] == references
    assert [warning.line for warning in found.warnings] == [text.count("\n") + 1]
    assert note in found.warnings[0].message


@pytest.mark.parametrize("name", ["1st", "platform-arm/v7", "a+b", "-x", "b\u00e9"])
def test_other_builders_take_other_names_of_stages(name: str) -> None:
    """The name is a stage all the same."""
    found = discover(f"FROM a AS {name}\nFROM {name}")

    assert [(each.reference, each.role) for each in found.references] == [("a", "final")]
    rule = "is no name for a stage; it is a letter, then a-z, 0-9, '_', '.' and '-'"
    rest = "the images of other lines are watched"
    assert [(warning.line, warning.message, str(warning)) for warning in found.warnings] == [
        (1, f"not understood: the word after AS {rule}; {rest}", f"not understood: {name!r} {rule}; {rest}")
    ]


NAMES = st.sampled_from(["A", "B", "TARGETARCH", "BUILDPLATFORM", "BUILDKIT_SYNTAX", "base", "alpine", "x"])
VALUES = st.one_of(
    st.text(), st.sampled_from(["", "$A", "${", "docker-image://", "docker-image://alpine", "local", "linux/arm64"])
)
PIECES = st.sampled_from(
    ["FROM ", "ARG ", "$A", "${B", "}", "--platform=", "COPY --from=", "\n", "base", "x", " AS ", "="]
)


@given(
    st.lists(PIECES, max_size=25).map("".join), st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, VALUES), NAMES
)
def test_no_argument_and_no_context_breaks_the_reader(
    text: str, build_args: dict[str, str], contexts: dict[str, str], target: str
) -> None:
    """Only the named error is raised, whatever the values are."""
    with suppress(DockerfileError):
        discover(text, build_args=build_args, contexts=contexts)
    with suppress(DockerfileError):
        discover(text, build_args=build_args, contexts=contexts, target=target, platforms=["linux/arm64"])
