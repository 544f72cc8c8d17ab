"""An error of a Dockerfile in its two forms: with the text of the file, and without it."""

from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile import DockerfileError, discover
from provider.domain.dockerfile.errors import InvalidSyntaxError

SECRET = "hunter2-Tr0ub4dor"
SECRETS = ("hunter2", "tr0ub4dor", "db_password")
REFUSED = (
    "DB_PASSWORD={}",
    "{}",
    "FROM {}:Tr0ub4dor&3",
    "FROM x:{}&",
    "FROM " + "{}" * 100,
    "FROM a {}",
    "# escape={}\nFROM a",
    "# syntax={}&\nFROM a",
    "# syntax={}A\nFROM a",
    "FROM ${{hunter2:=x}}{}",
    "FROM ${{hunter2:#{}}}",
    "FROM ${{hunter2^{}}}",
    "FROM ${{hunter2#\\{}}}",
    "ARG A=${{{}",
    "ARG A='{}\nFROM $A",
    "FROM a\nCOPY --from={}& b c",
    "FROM a AS {}\nCOPY --from={} b c",
    "FROM a\nRUN <<{}\nx",
)
NOT_UNDERSTOOD = (
    "FROM a AS 1{}",
    "FROM a AS b\nONBUILD {}\nFROM b",
    "ARG A='{}\nFROM a",
    "FROM a\n{} b",
    "FROM a\nCOPY --from=${} b c",
    "# syntax={}/x\n{}",
    "FROM --{}=x a",
    "FROM --platform=a/b/c/{} x",
    "FROM --platform={}/x/y/z x",
    "FROM --platform={} x",
    "FROM a\nCOPY --{}=b c d",
    "FROM a\nCOPY --link={} b c",
    "FROM a\nRUN --mount={} x",
    'FROM a\nRUN --mount="{} x',
    "FROM a\nRUN --mount={}=x x",
    "FROM a\nRUN --mount=type={} x",
    "FROM a\nRUN --mount=from=${},target=/x b",
    "FROM a\nENV a=b {}",
    "FROM a\nHEALTHCHECK {}",
    'FROM a\nCMD [{{"{}": 1}}]',
)


@pytest.mark.parametrize("template", REFUSED)
def test_no_error_has_the_text_of_the_file_in_the_form_without_it(template: str) -> None:
    """The line and the kind remain; a file of passwords gives nothing away."""
    text = template.format(*[SECRET] * template.count("{}"))

    with pytest.raises(DockerfileError) as caught:
        discover(text)

    assert caught.value.without_text == f"line {caught.value.line}: {caught.value.kind}"
    assert not any(word in caught.value.without_text.lower() for word in SECRETS)


@pytest.mark.parametrize("template", NOT_UNDERSTOOD)
def test_no_warning_has_the_text_of_the_file_in_the_form_without_it(template: str) -> None:
    """What is stored and shown says the kind only; the command line shows the text too."""
    text = template.format(*[SECRET] * template.count("{}"))

    (warning, *_) = discover(text).warnings

    assert not any(word in warning.message.lower() for word in SECRETS)
    assert str(warning) == (warning.quoted or warning.message)


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
        assert not any("hunter2" in warning.message.lower() for warning in discover(text).warnings)
    except DockerfileError as error:
        assert "hunter2" not in error.without_text.lower()  # noqa: PT017 - valid files raise nothing


def test_the_command_line_shows_the_text() -> None:
    """It reads the person's own file."""
    with pytest.raises(DockerfileError, match="line 1: 'FRM' is not allowed") as caught:
        discover("FRM b")

    assert caught.value.quoted == "'FRM' is not allowed before the first FROM; only ARG is"
    assert (
        caught.value.without_text == "line 1: an unknown instruction is not allowed before the first FROM; only ARG is"
    )


@pytest.mark.parametrize("error", [InvalidSyntaxError("kind", "quoted 'x'"), DockerfileError(3, "kind", "quoted 'x'")])
def test_a_copy_of_an_error_has_both_forms(error: InvalidSyntaxError | DockerfileError) -> None:
    """Pickled between processes it is copied in the same way."""
    again = copy(error)

    assert (str(again), again.kind, again.quoted) == (str(error), error.kind, error.quoted)
