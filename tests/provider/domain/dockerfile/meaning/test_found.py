"""The role and the platforms of an image over all platforms of a build."""

import pytest

from provider.domain.dockerfile import DockerfileError, discover

BOTH = ("linux/amd64", "linux/arm64")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a", [("a", "final", BOTH)]),
        ("FROM --platform=$BUILDPLATFORM a", [("a", "final", ())]),
        ("FROM --platform=$TARGETPLATFORM a", [("a", "final", BOTH)]),
        ("FROM --platform=linux/s390x a", [("a", "final", ("linux/s390x",))]),
        ("FROM --platform=${TARGETARCH/arm64/nonsense} a", [("a", "final", ())]),
        (
            "FROM a AS base-amd64\nFROM b AS base-arm64\nFROM base-$TARGETARCH",
            [("a", "final", BOTH[:1]), ("b", "final", BOTH[1:])],
        ),
        (
            "FROM a AS tool\nFROM b AS base-arm64\nFROM c AS base-amd64\nCOPY --from=tool x y\nFROM base-$TARGETARCH",
            [("a", "stage", BOTH[:1]), ("b", "final", BOTH[1:]), ("c", "final", BOTH[:1])],
        ),
        ("FROM a-$TARGETARCH", [("a-amd64", "final", BOTH[:1]), ("a-arm64", "final", BOTH[1:])]),
        (
            "FROM a AS unused\nCOPY --from=b:1 x y\nFROM c",
            [("a", "unused", BOTH), ("b:1", "unused", BOTH), ("c", "final", BOTH)],
        ),
    ],
)
def test_an_image_has_its_strongest_role_and_the_platforms_that_need_it(
    text: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    """No platforms mean any; those that do not need an image count only where none needs it."""
    found = discover(text, platforms=BOTH).references

    assert [(each.reference, each.role, each.platforms) for each in found] == expected


def test_an_image_is_for_any_platform_where_no_platform_is_known() -> None:
    """Also the images that files are taken from; `--platform` says one."""
    lines = (
        "FROM a AS x\nFROM --platform=arm64 b\nCOPY --from=c:1 d e\nRUN --mount=from=f:1,target=/g h\nCOPY --from=x d e"
    )
    found = discover(lines).references

    assert [(each.reference, each.platforms) for each in found] == [
        ("a", ()),
        ("b", ("linux/arm64",)),
        ("c:1", ()),
        ("f:1", ()),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "FROM --platform=linux/\\\\arm64 a",
        "# escape=`\nFROM --platform=linux/``arm64 a",
        "FROM --platform='linux/\"arm64\"' a",
        "ARG P=`arm64\nFROM --platform=linux/${P#`} a",
    ],
)
def test_a_platform_is_a_word_behind_a_flag(text: str) -> None:
    """First the flag loses its quotes and escapes, and then the word; the escape is that of the file."""
    found = discover(text)

    assert [(each.reference, each.platforms) for each in found.references] == [("a", ("linux/arm64",))]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("line", "maybe"),
    [
        ("COPY --from=src a b", True),
        ("RUN --mount=from=src,target=/a b", True),
        ("COPY --from=src:1 a b", False),
        ("COPY --from=team/src a b", False),
        ("COPY --from=docker://src a b", False),
    ],
)
def test_one_word_behind_from_may_be_a_named_context(line: str, maybe: bool) -> None:
    """The image of a FROM is none, since the build could not do without it."""
    base, source = discover(f"FROM a\n{line}").references

    assert (base.maybe_context, source.maybe_context) == (False, maybe)


TRIGGERS = "FROM a AS base\nONBUILD COPY --from=x&& y z\nONBUILD COPY --from=b:1 y z\n"


def test_a_trigger_that_no_build_runs_is_not_judged() -> None:
    """Its source may be no image; the sources of the other triggers are found."""
    found = discover(f"{TRIGGERS}FROM base AS unused\nFROM c").references

    assert [(each.reference, each.role) for each in found] == [("a", "unused"), ("b:1", "unused"), ("c", "final")]


@pytest.mark.parametrize("stages", ["FROM base", "FROM base AS used\nFROM c\nCOPY --from=used x y"])
def test_a_trigger_that_a_build_runs_is_judged(stages: str) -> None:
    """In the stage that is built, and in one that it copies from."""
    with pytest.raises(DockerfileError, match="line 2: 'x&&' is not an image reference"):
        discover(TRIGGERS + stages)
