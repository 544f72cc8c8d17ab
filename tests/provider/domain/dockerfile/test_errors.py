"""An error of a Dockerfile in its two forms: with the text of the file, and without it."""

from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile import DockerfileError, discover
from provider.domain.dockerfile.errors import InvalidSyntaxError

SECRET = "hunter2-Tr0ub4dor"
REFUSED = (
    "DB_PASSWORD={}",
    "{}",
    "FROM {}:Tr0ub4dor&3",
    "FROM x:{}&",
    "FROM " + "{}" * 100,
    "FROM a AS 1{}",
    "FROM a {}",
    "FROM --{}=x a",
    "FROM --platform=a/b/c/{} x",
    "FROM --platform={}/x/y/z x",
    "FROM --platform={} x",
    "# escape={}\nFROM a",
    "# syntax={}&\nFROM a",
    "# syntax={}A\nFROM a",
    "FROM ${{A:?{}}}",
    "FROM ${{A?{}}}",
    "FROM ${{hunter2:=x}}{}",
    "FROM ${{hunter2:#{}}}",
    "FROM ${{hunter2^{}}}",
    "FROM ${{hunter2#\\{}}}",
    "ARG A=${{{}",
    "ARG A='{}\nFROM a",
    "FROM a\nCOPY --from={}& b c",
    "FROM a\nCOPY --{}=b c d",
    "FROM a\nCOPY --link={} b c",
    "FROM a AS {}\nCOPY --from={} b c",
    "FROM a\nRUN <<{}\nx",
    "FROM a\nRUN --mount={} x",
    'FROM a\nRUN --mount="{} x',
    "FROM a\nRUN --mount={}=x x",
    "FROM a\nRUN --mount=type={} x",
    "FROM a\nRUN --mount=from=${},target=/x b",
    "FROM a\nENV a=b {}",
    "FROM a\nHEALTHCHECK {}",
    "FROM a AS b\nONBUILD {}\nFROM b",
    'FROM a\nCMD [{{"{}": 1}}]',
)


@pytest.mark.parametrize("template", REFUSED)
def test_no_error_has_the_text_of_the_file_in_the_form_without_it(template: str) -> None:
    """The line and the kind remain; a file of passwords gives nothing away."""
    text = template.format(*[SECRET] * template.count("{}"))

    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert caught.value.without_text == f"line {caught.value.line}: {caught.value.kind}"
    assert not any(word in caught.value.without_text.lower() for word in ("hunter2", "tr0ub4dor", "db_password"))


PIECES = [
    "FROM",
    "ARG",
    "COPY",
    "RUN",
    "ENV",
    "AS",
    "--from=",
    "--mount=",
    "--platform=",
    "a",
    "a:1",
    "=",
    "${",
    "}",
    ":?",
    ":-",
    "/",
    "'",
    "<<",
    ",",
    "type=",
    "$",
    "&",
    "[",
    "]",
    "{",
    "@",
]
WORDS = st.sampled_from([*PIECES, '"', "\\", " ", "\n", "# escape=", "# syntax=", SECRET, SECRET.upper()])


@given(st.lists(WORDS, min_size=1, max_size=14).map("".join))
def test_no_text_of_any_file_is_in_the_form_without_it(text: str) -> None:
    """Whatever the file is, and wherever the secret is in it."""
    try:
        discover(text)
    except DockerfileError as error:
        assert "hunter2" not in error.without_text.lower()  # noqa: PT017 - valid files raise nothing


def test_the_command_line_shows_the_text() -> None:
    """It reads the person's own file."""
    with pytest.raises(DockerfileError, match="line 2: unknown instruction 'FRM'") as caught:
        discover("FROM a\nFRM b")

    assert caught.value.quoted == "unknown instruction 'FRM'"
    assert caught.value.without_text == "line 2: unknown instruction"


@pytest.mark.parametrize("error", [InvalidSyntaxError("kind", "quoted 'x'"), DockerfileError(3, "kind", "quoted 'x'")])
def test_a_copy_of_an_error_has_both_forms(error: InvalidSyntaxError | DockerfileError) -> None:
    """Pickled between processes it is copied in the same way."""
    again = copy(error)

    assert (str(again), again.kind, again.quoted) == (str(error), error.kind, error.quoted)
