"""Which Dockerfiles are refused: those that BuildKit refuses, and those that are made to do harm."""

import pickle
import time

import pytest

from provider.domain.dockerfile import DockerfileError, discover
from provider.domain.dockerfile.arguments import MOST_VARIABLES
from provider.domain.dockerfile.references import MOST_SOURCES
from provider.domain.dockerfile.words import LONGEST_VALUE


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no FROM"),
        ("# nothing", 1, "no FROM"),
        ("ARG A=1", 1, "no FROM"),
        ("ARG A\nRUN x\nFROM a", 2, "before the first FROM"),
        ("FROM a\nFRM b", 2, "unknown instruction 'FRM'"),
        ("FROM", 1, "FROM takes an image"),
        ("FROM a b", 1, "FROM takes an image"),
        ("FROM a OF b", 1, "FROM takes an image"),
        ("FROM a AS b c", 1, "FROM takes an image"),
        ("FROM a AS 1b", 1, "no name for a stage"),
        ("FROM a AS b/c", 1, "no name for a stage"),
        ('FROM ""', 1, "names nothing"),
        ("ARG A=\nFROM $A", 2, "names nothing"),
        ("ARG A=\nFROM ${A:+x}", 2, "names nothing"),
        ("FROM a:b:c", 1, "is not an image reference"),
        ("FROM Upper", 1, "is not an image reference"),
        ("FROM node:\u00e9", 1, "is not an image reference"),
        ("FROM node@sha256:short", 1, "is not an image reference"),
        ("FROM " + "a" * 64, 1, "is not an image reference"),
        ("FROM " + "x" * 300, 1, "is not an image reference"),
        ("FROM " + "x" * 2000, 1, "longer than"),
        ("FROM ${A:?say}", 1, "A: say"),
        ("ARG A=${B?}\nFROM a", 1, "B: a value is required"),
        ("FROM ${A", 1, "'}' is missing"),
        ("FROM 'a", 1, "single quote"),
        ("FROM --platform=a/b/c/d x", 1, "is not a platform"),
        ("ARG P=\nFROM --platform=$P x", 2, "is not a platform"),
        ("FROM --target=x a", 1, "unknown flag '--target'"),
        ("FROM a\nCOPY --form=b c d", 2, "unknown flag '--form'"),
        ("FROM a\nCOPY --from=$X b c", 2, "takes no variable"),
        ("FROM a\nCOPY --from=b\\\\c b c", 2, "takes no variable"),
        ("FROM a\nCOPY --from=x$ b c", 2, "is not an image reference"),
        ("FROM a\nRUN --mount=from=$X,target=/x b", 2, "takes no variable"),
        ("FROM a\nCOPY --from=0 b c", 2, "does not come before"),
        ("FROM a\nCOPY --from=1 b c\nFROM b", 2, "does not come before"),
        ("FROM a\nCOPY --from=-1 b c", 2, "does not come before"),
        ("FROM a AS x\nCOPY --from=x b c", 2, "does not come before"),
        ("FROM a\nCOPY --from=x b c\nFROM b AS x", 2, "does not come before"),
        ("FROM a AS x\nRUN --mount=from=X,target=/x b", 2, "does not come before"),
        ("FROM a\nRUN --mount=type=odd x", 2, "unknown mount type"),
        ("FROM a\nRUN <<EOF\nx", 2, "does not end"),
        ("# escape=x\nFROM a", 1, "escape is"),
        ("# syntax=a\n# syntax=b\nFROM a", 2, "only one syntax"),
        ("# syntax=A\nFROM a", 1, "is not an image reference"),
        ("FROM a AS b\nONBUILD NOPE\nFROM b", 2, "unknown instruction 'NOPE'"),
        ("FROM a \\\n AS \\\n 1", 1, "no name for a stage"),
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
        ("# escape=`\nFROM a\nCOPY --from=b``c d e", 3, "takes no variable"),
        ("# escape=`\nFROM a\nCOPY --from=b\\c d e", 3, r"'b\\\\c' is not an image reference"),
        ("FROM " + "x" * LONGEST_VALUE, 1, "is not an image reference"),
        ("# escape=`\n# syntax=" + "x" * LONGEST_VALUE + "\nFROM a", 2, "is not an image reference"),
        (
            "# escape=`\n# syntax=" + "x" * (LONGEST_VALUE + 1) + "\nFROM a",
            2,
            f"'{'x' * 60}...' is longer than {LONGEST_VALUE} characters",
        ),
        (
            "FROM a\n\nRUN --mount=from=" + "x" * (LONGEST_VALUE + 1) + " y",
            3,
            f"'{'x' * 60}...' is longer than {LONGEST_VALUE} characters",
        ),
        ("FROM a\n" + "X" * 60 + " b", 2, f"unknown instruction '{'X' * 60}'$"),
        ("FROM a\n" + "X" * 61 + " b", 2, f"unknown instruction '{'X' * 60}...'$"),
    ],
    ids=range(9),
)
def test_a_refusal_at_a_limit_has_its_line_and_a_short_text(text: str, line: int, problem: str) -> None:
    """A long text is cut in the message, and what is just within a limit is judged as itself."""
    with pytest.raises(DockerfileError, match=problem) as caught:
        discover(text)

    assert caught.value.line == line


def test_variables_are_counted_over_the_whole_file() -> None:
    """ARG before the first FROM and every FROM count together; the error has the line that goes beyond the limit."""
    half = MOST_VARIABLES // 2
    text = f"ARG B={'$A' * half}\nFROM a:1{'$A' * half}"

    discover(f"{text}\nRUN {'$A' * MOST_VARIABLES}\nFROM b")
    with pytest.raises(DockerfileError, match=f"more than {MOST_VARIABLES} variables") as caught:
        discover(f"{text}\nRUN x\nFROM b:1$A\nFROM c:1$A")

    assert caught.value.line == 4


def test_sources_are_counted_over_the_whole_file() -> None:
    """Those of ONBUILD in each stage that runs it, and those of the stages themselves."""
    text = "FROM a AS a\n" + "ONBUILD COPY --from=x y z\n" * 100 + "FROM a\n" * (MOST_SOURCES // 100)

    assert len(discover(text).references) == MOST_SOURCES + 1
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


def test_an_unknown_target_is_refused() -> None:
    """The message has the names that there are."""
    with pytest.raises(DockerfileError, match="no stage is named 'z'; the stages are x, y"):
        discover("FROM a AS x\nFROM b AS y", target="z")


def test_a_platform_that_cannot_be_is_the_callers_mistake() -> None:
    """No line of the file is blamed for it."""
    with pytest.raises(ValueError, match="nonsense") as caught:
        discover("FROM a", platforms=["nonsense"])

    assert not isinstance(caught.value, DockerfileError)


def test_a_build_argument_that_cannot_be_is_named_but_not_shown() -> None:
    """It may be a secret."""
    with pytest.raises(ValueError, match="build argument A has 5000 characters") as caught:
        discover("FROM a", build_args={"A": "x" * 5000})

    assert "xxx" not in str(caught.value)


def test_a_build_argument_at_the_limit_is_read() -> None:
    """It is as long as the longest value."""
    assert discover("ARG A\nFROM a", build_args={"A": "x" * LONGEST_VALUE}).references


def test_an_error_survives_a_process_boundary() -> None:
    """It pickles with its line."""
    error = pickle.loads(pickle.dumps(DockerfileError(3, "what is wrong")))  # noqa: S301 - made one line above

    assert (error.line, str(error)) == (3, "line 3: what is wrong")


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"ARG A{n + 1}=$A{n}$A{n}" for n in range(60)) + "\nFROM $A60",
        "ARG A=" + "a" * 1000 + "\nFROM x" + "${A//a*a*a*a*b/}" * 60,
        "FROM x" + "$x" * (MOST_VARIABLES + 1),
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
    ids=range(12),
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
