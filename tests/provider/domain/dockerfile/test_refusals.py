"""Which Dockerfiles are refused: those that BuildKit refuses, and those that are made to do harm."""

import pickle
import time

import pytest

from provider.domain.dockerfile import DockerfileError, discover
from provider.domain.dockerfile.errors import ValueNeededError
from provider.domain.dockerfile.meaning.found import MOST_REFERENCES
from provider.domain.dockerfile.meaning.images import LONGEST_REFERENCE
from provider.domain.dockerfile.meaning.links import MOST_SOURCES


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no FROM"),
        ("# nothing", 1, "no FROM"),
        ("ARG A=1", 1, "no FROM"),
        ("ARG A\nRUN x\nFROM a", 2, "before the first FROM"),
        ("ARG A\nFRM b\nFROM a", 2, "'FRM' is not allowed before the first FROM"),
        ("FROM a\nFRM <<EOF\nFROM b\nEOF", 2, "unknown instruction 'FRM'"),
        ("FROM", 1, "FROM takes an image"),
        ("FROM a b", 1, "FROM takes an image"),
        ("FROM a OF b", 1, "FROM takes an image"),
        ("FROM a AS b c", 1, "FROM takes an image"),
        ('FROM ""', 1, "names nothing"),
        ("FROM a:b:c", 1, "is not an image reference"),
        ("FROM Upper", 1, "is not an image reference"),
        ("FROM node:\u00e9", 1, "is not an image reference"),
        ("FROM node@sha256:short", 1, "is not an image reference"),
        ("FROM " + "a" * 64, 1, "is not an image reference"),
        ("FROM " + "x" * 300, 1, "is not an image reference"),
        ("FROM " + "x" * 2000, 1, "longer than"),
        ("ARG A=${\nFROM $A", 1, "'}' is missing"),
        ("ARG A='x\nARG B=$A\nFROM a\nFROM $B", 1, "single quote"),
        ("FROM ${A", 1, "'}' is missing"),
        ("FROM 'a", 1, "single quote"),
        ("FROM a\nCOPY --from=x$ b c", 2, "is not an image reference"),
        ("FROM a\nCOPY --from=0 b c", 2, "does not come before"),
        ("FROM a AS x\nCOPY --from=1 b c\nFROM b\nFROM x", 2, "does not come before"),
        ("FROM a\nCOPY --from=2 b c\nFROM b", 2, "does not come before"),
        ("FROM a\nCOPY --from=-1 b c", 2, "does not come before"),
        ("FROM a AS x\nCOPY --from=x b c", 2, "does not come before"),
        ("FROM a AS y\nCOPY --from=x b c\nFROM b AS x\nCOPY --from=y b c", 2, "does not come before"),
        ("FROM a AS x\nRUN --mount=from=X,target=/x b", 2, "does not come before"),
        ("FROM a\nRUN <<EOF\nx", 2, "does not end"),
        ("# escape=x\nFROM a", 1, "escape is"),
        ("# syntax=docker/dockerfile:1\n# syntax=b\nFROM a", 2, "only one syntax"),
        ("# syntax=A\nFROM a", 1, "is not an image reference"),
        ("FROM a \\\n AS \\\n b c", 1, "FROM takes an image"),
    ],
)
def test_what_buildkit_refuses_is_refused_with_its_line(text: str, line: int, problem: str) -> None:
    """Never an invented image: the error says where and what."""
    with pytest.raises(DockerfileError, match=problem) as caught:
        discover(text)

    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("FROM a\nCOPY --from=9223372036854775807 b c", 2, "does not come before"),
        ("# escape=`\nFROM a\nCOPY --from=b\\c d e", 3, r"'b\\\\c' is not an image reference"),
        ("FROM " + "x" * LONGEST_REFERENCE, 1, "is not an image reference"),
        ("# escape=`\n# syntax=" + "x" * LONGEST_REFERENCE + "\nFROM a", 2, "is not an image reference"),
        (
            "# escape=`\n# syntax=" + "x" * (LONGEST_REFERENCE + 1) + "\nFROM a",
            2,
            f"'{'x' * 60}...' is longer than {LONGEST_REFERENCE} characters",
        ),
        (
            "FROM a\n\nRUN --mount=from=" + "x" * (LONGEST_REFERENCE + 1) + " y",
            3,
            f"'{'x' * 60}...' is longer than {LONGEST_REFERENCE} characters",
        ),
        ("X" * 60 + " b", 1, f"'{'X' * 60}' is not allowed"),
        ("X" * 61 + " b", 1, f"'{'X' * 60}...' is not allowed"),
    ],
    ids=range(8),
)
def test_a_refusal_at_a_limit_has_its_line_and_a_short_text(text: str, line: int, problem: str) -> None:
    """A long text is cut in the message, and what is just within a limit is judged as itself."""
    with pytest.raises(DockerfileError, match=problem) as caught:
        discover(text)

    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("".join(f"FROM a{number}:1\n" for number in range(49_000)), 49_000),
        ("FROM a\n" * (MOST_REFERENCES + 1), MOST_REFERENCES + 1),
        ("FROM $A\n" * (MOST_REFERENCES + 1), MOST_REFERENCES + 1),
        ("FROM a\n" + "COPY --from=b c d\n" * MOST_REFERENCES, MOST_REFERENCES + 1),
        ("FROM a\n" + "RUN --mount=from=b,target=/c --mount=from=d,target=/e f\n" * 700, 1401),
        ("FROM a AS a\n" + "ONBUILD COPY --from=x y z\n" * 30 + "FROM a\n" * 40, 1201),
        ("FROM scratch\nFROM a AS b\nFROM b\n" + "COPY --from=c d e\n" * 2000, 2002),
    ],
    ids=range(7),
)
def test_a_file_that_names_very_many_images_is_refused(text: str, count: int) -> None:
    """The message has the number: the first ones alone would be an incomplete list that looks complete."""
    with pytest.raises(
        DockerfileError, match=f"line 1: the file names images in {count} places; at most {MOST_REFERENCES}"
    ):
        discover(text)


def test_a_file_may_name_many_images() -> None:
    """Copies from stages do not count."""
    text = "FROM a AS a\n" + "FROM b\n" * (MOST_REFERENCES - 2) + "COPY --from=c d e\n" + "COPY --from=a d e\n" * 2000

    assert len(discover(text).references) == MOST_REFERENCES


def test_stages_that_are_built_on_each_other_are_no_images() -> None:
    """However many there are."""
    chain = "".join(f"FROM s{number} AS s{number + 1}\n" for number in range(MOST_REFERENCES + 1))

    assert [each.reference for each in discover(f"FROM a AS s0\n{chain}").references] == ["a"]


@pytest.mark.parametrize(
    ("text", "kind", "quoted"),
    [
        ("FROM a b", "FROM takes an image, or an image, AS and a name", None),
        (
            "ARG A=1\nFROM a${A:0:1}",
            "what follows the name in ${...} is no modifier",
            "':0' is no modifier in ${A:0...}",
        ),
        (
            "ARG A=1\nFROM a${A#\\x}",
            "a character after \\ is no escape in a pattern; only * ? \\ } and / take one",
            "'\\x' is no escape in a pattern; only * ? \\ } and / take one",
        ),
        ("# escape=x\nFROM a", "escape can be \\ or ` only", "escape is 'x'; it can be \\ or `"),
        ("FROM a\nRUN <<EOF\nx", "a heredoc does not end", "the heredoc 'EOF' does not end"),
        (
            "FROM " + "x" * (LONGEST_REFERENCE + 1),
            f"a reference is longer than {LONGEST_REFERENCE} characters",
            f"'{'x' * 60}...' is longer than {LONGEST_REFERENCE} characters",
        ),
        (
            "FROM a:b:c",
            "this is not an image reference",
            "'a:b:c' is not an image reference: invalid reference format",
        ),
    ],
    ids=range(7),
)
def test_an_error_has_a_form_without_the_text_of_the_file(text: str, kind: str, quoted: str | None) -> None:
    """It is what the service stores and shows."""
    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert (caught.value.kind, caught.value.quoted) == (kind, quoted)


@pytest.mark.parametrize(("text", "shown"), [("say", "P: say"), ("", "P: a value is required")])
def test_a_value_that_is_needed_can_be_read_in_both_forms(text: str, shown: str) -> None:
    """Also after the error went to another process."""
    again = pickle.loads(pickle.dumps(ValueNeededError("P", text)))  # noqa: S301 - made in this line

    assert (str(again), again.kind, again.name) == (shown, "a variable with '?' needs a value", "P")
    (warning,) = discover(f"FROM --platform=${{P?{text}}} a").warnings
    assert str(warning).endswith(shown)
    assert warning.message.endswith(": a variable with '?' needs a value")


def test_sources_are_counted_over_the_whole_file() -> None:
    """Those of ONBUILD in each stage that runs it, and those of the stages themselves."""
    text = "FROM b AS x\nFROM a AS a\n" + "ONBUILD COPY --from=x y z\n" * 100 + "FROM a\n" * (MOST_SOURCES // 100)

    assert len(discover(text).references) == 2
    with pytest.raises(DockerfileError, match=f"more than {MOST_SOURCES} places") as caught:
        discover(f"{text}\nCOPY --from=x y z\nFROM b")

    assert caught.value.line == text.count("\n")


def test_an_unknown_target_has_no_line_but_the_first() -> None:
    """The message has at most twenty names, or says that there are none."""
    with pytest.raises(DockerfileError, match=r"no stage is named 'z'; the stages are without names$") as caught:
        discover("FROM a\nFROM b", target="z")
    assert caught.value.line == 1

    stages = [f"s{number}" for number in range(21)]
    with pytest.raises(DockerfileError) as caught:
        discover("".join(f"FROM a AS {stage}\n" for stage in stages), target="z")
    assert str(caught.value).endswith(f"the stages are {', '.join(stages[:20])}")
    assert caught.value.without_text == "line 1: no stage is named 'z'"


def test_an_unknown_target_is_refused() -> None:
    """The message has the names that there are."""
    with pytest.raises(DockerfileError, match="no stage is named 'z'; the stages are x, y"):
        discover("FROM a AS x\nFROM b AS y", target="z")


def test_a_platform_that_cannot_be_is_the_callers_mistake() -> None:
    """No line of the file is blamed for it."""
    with pytest.raises(ValueError, match="nonsense") as caught:
        discover("FROM a", platforms=["nonsense"])

    assert not isinstance(caught.value, DockerfileError)


@pytest.mark.parametrize("length", [1025, 1500, 100_000, 3_000_000])
def test_a_build_argument_may_be_long(length: int) -> None:
    """What no FROM uses does not matter; where one uses it, the name is unresolved, and its value is not shown."""
    found = discover("ARG A\nARG CA\nFROM a\nFROM b:$A", build_args={"A": "x" * length, "CA": "x" * length})

    assert [reference.reference for reference in found.references] == ["a"]
    assert [(hole.name, hole.line) for hole in found.unresolved] == [("A", 4)]
    assert not any("xxx" in hole.hint for hole in found.unresolved)


def test_an_error_survives_a_process_boundary() -> None:
    """It pickles with its line."""
    error = pickle.loads(pickle.dumps(DockerfileError(3, "what is wrong")))  # noqa: S301 - made one line above

    assert (error.line, str(error)) == (3, "line 3: what is wrong")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"ARG A{n + 1}=$A{n}$A{n}" for n in range(60)) + "\nFROM $A60",
        "ARG A=" + "a" * 1000 + "\nFROM x" + "${A//a*a*a*a*b/}" * 60,
        "FROM x" + "$x" * 30_000,
        "ARG A=" + "a" * 60_000 + "\nFROM x" + "${A//a*a*a*a*b/}" * 60,
        "ARG A=" + "a" * 60_000 + "\nFROM x" + "${A//a/$A}" * 60,
        "ARG A=" + "a" * 60_000 + "\n" + "ARG " + " \\\n".join(["B=$A$A"] * 9000) + "\nFROM x:$B",
        "ARG " + " \\\n".join(f"A{n + 1}=$A{n}" for n in range(40_000)) + "\nFROM x:$A40000",
        "ARG " + " \\\n".join(f"A{n + 1}=$A{n}$U{n}" for n in range(20_000)) + "\nFROM x:$A20000",
        "FROM a AS s0\n" + "".join(f"FROM s{n} AS s{n + 1}\n" for n in range(20_000)),
        "FROM a AS a\n" + "ONBUILD COPY --from=x y z\n" * 200 + "FROM a\n" * (MOST_SOURCES // 200 + 1),
        "FROM a\nRUN " + "${x:-" * 9000 + "<<",
        "FROM a\nRUN " + "[" * 60_000,
        "FROM a\n" + "ONBUILD " * 8000,
        "FROM A\nRUN " + " \\\n".join(["--mount=target=/x"] * 40_000),
        "# syntax=" + "x/" * 30_000 + "\nFROM A",
        "# syntax=" + "x " * 30_000 + "\nFROM A",
        "FROM A" + " \\\n" * 40_000,
        "FROM A\nRUN --mount=" + '"' * 60_000,
    ],
    ids=range(18),
)
def test_hostile_files_end_soon(text: str) -> None:
    """Growth, backtracking, recursion and repetition are bounded."""
    began = time.process_time()
    message = ""
    try:
        discover(text)
    except DockerfileError as error:
        message = str(error)

    assert len(message) < 2000
    assert time.process_time() - began < 20
