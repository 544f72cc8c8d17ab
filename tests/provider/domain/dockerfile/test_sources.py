"""What instructions take files from, where it is not a plain name."""

import pytest

from provider.domain.dockerfile import DockerfileError, Unresolved, discover


@pytest.mark.parametrize(
    ("line", "names", "place"),
    [
        ("COPY --from=$X b c", ["X"], "--from"),
        ("COPY --from=${X}-$Y:$X b c", ["X", "Y"], "--from"),
        ("RUN --mount=from=$X$Y$X,target=/y --mount=from=$Z,target=/z x", ["X", "Y", "Z"], "'from' of a mount"),
        ("RUN --mount=from=a$X,target=/y x", ["X"], "'from' of a mount"),
        ("RUN --mount=from=b:1,target=/y --mount=from=$Z,target=/z x", ["Z"], "'from' of a mount"),
    ],
)
def test_a_variable_where_buildkit_takes_none_is_unresolved(line: str, names: list[str], place: str) -> None:
    """Each name once, with its line and what to do."""
    hint = f"{place} takes no variable; name a stage whose FROM has the variable."

    assert discover(f"FROM a\n\n{line}").unresolved == tuple(Unresolved(name, 3, hint) for name in names)


@pytest.mark.parametrize(
    ("text", "warned"),
    [("# escape=`\nFROM a\nCOPY --from=b``c d e", "b`c"), ("FROM a\nCOPY --from=b\\\\c d e", "b\\\\c")],
)
def test_an_escape_where_buildkit_takes_none_is_a_warning(text: str, warned: str) -> None:
    """The escape is that of the file."""
    found = discover(text)

    assert [each.reference for each in found.references] == ["a"]
    assert [str(each).split(";")[0] for each in found.warnings] == [f"not understood: --from is '{warned}'"]


@pytest.mark.parametrize(
    ("line", "references"),
    [
        ("COPY --from=b:1 --from=c:1 x y", ["a", "c:1"]),
        ("RUN --mount=from=b:1,from=c:1 x", ["a", "c:1"]),
        ("RUN --mount=from=b:1,source=x=y x", ["a", "b:1"]),
        ("RUN --mount=source=x=from,from=b:1 x", ["a", "b:1"]),
        ("RUN --mount=relabel=shared,z,from=b:1 x", ["a", "b:1"]),
        ("RUN --mount=from=,target=/x x", ["a"]),
        ("# escape in a comment\nCOPY --from=b\\:1 x y", ["a", "b:1"]),
    ],
)
def test_the_last_of_several_sources_counts(line: str, references: list[str]) -> None:
    """Options of other builders do not hide a source."""
    assert [found.reference for found in discover(f"FROM a\n{line}").references] == references


@pytest.mark.parametrize(
    "line", ["COPY --from=x$ b c", "RUN --mount=from=x$,target=/y z", "RUN --mount=from=x\\\\y,target=/y z"]
)
def test_a_text_without_a_variable_that_is_no_reference_is_refused(line: str) -> None:
    """A dollar sign at the end is no variable; a mount has no escapes."""
    with pytest.raises(DockerfileError, match=r"line 2: .* is not an image reference"):
        discover(f"FROM a\n{line}")


def test_the_error_of_a_later_stage_has_both_forms() -> None:
    """The name of the stage is only in the form with the text of the file."""
    with pytest.raises(DockerfileError) as caught:
        discover("FROM a AS b\n\nCOPY --from=b c d")

    wrong = "does not come before the one that copies from it"
    assert str(caught.value) == f"line 3: stage 'b' {wrong}"
    assert caught.value.without_text == f"line 3: a stage {wrong}"
