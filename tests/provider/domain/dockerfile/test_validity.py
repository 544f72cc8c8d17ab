"""Which instructions BuildKit takes."""

import pytest

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.instructions import FLAGS, split_instruction
from provider.domain.dockerfile.validity import check


@pytest.mark.parametrize(
    "text",
    [
        "RUN",
        "RUN [[ -f /x ]] && y",
        'RUN ["a", "b"]',
        'RUN ["a", "b"] # c',
        "RUN ['a']",
        "RUN [",
        "RUN [" + "[" * 10_000,
        "RUN [NaN]",
        "RUN --mount=type=cache,target=/x --network=none --security=sandbox --device=d x",
        "CMD",
        "COPY a b",
        'COPY ["a b", "c"]',
        "COPY --from=x --chown=1:1 --chmod=755 --link --parents --exclude=*.md --exclude=*.c a b",
        "COPY <<EOF b",
        "ADD --keep-git-dir=true --checksum=sha256:x --unpack --link=false a b",
        "ENV a b c",
        "ENV a=b c='d e' f=\"g h\"",
        "ENV a=",
        "LABEL a=b",
        "ARG a",
        "ARG a=b c d=",
        "ARG --whatever a",
        "STOPSIGNAL --whatever 9",
        "EXPOSE 80 443/tcp",
        "VOLUME /a /b",
        'VOLUME ["/a"]',
        "HEALTHCHECK NONE",
        "HEALTHCHECK --interval=5s --timeout=1s --start-period=1s --start-interval=1s --retries=3 CMD x",
        'healthcheck cmd ["x"]',
        'SHELL ["/bin/sh", "-c"]',
        "WORKDIR /a b",
        "USER x",
        "MAINTAINER someone with words",
        "ONBUILD RUN x",
        "ONBUILD COPY --from=x a b",
        "ONBUILD NOTHING that is checked before it runs",
    ],
)
def test_good_instructions_pass(text: str) -> None:
    """What BuildKit builds is not refused."""
    check(split_instruction(text, 1, "\\"))


@pytest.mark.parametrize(
    "text",
    [
        "ENV a b",
        "LABEL a b",
        "ENV a=b=c",
        "COPY <<a <<b /d",
        "ADD a <<b /d",
        "ONBUILD WORKDIR /a",
        "ONBUILD USER x",
        "ONBUILD EXPOSE 80",
        "ONBUILD ENV",
        "ONBUILD LABEL",
    ],
)
def test_the_smallest_good_forms_pass(text: str) -> None:
    """Two words are a name and a value, heredocs are sources, and a trigger is checked for its form alone."""
    check(split_instruction(text, 1, "\\"))


@pytest.mark.parametrize(
    "text", ["WORKDIR [1]", "USER [1]", "EXPOSE [1]", "STOPSIGNAL [1]", 'COPY ["a","b"]', 'ADD ["a","b","c"]']
)
def test_the_json_form_is_read_where_there_is_one(text: str) -> None:
    """Elsewhere a bracket is text; JSON needs no blanks."""
    check(split_instruction(text, 1, "\\"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SHELL sh", 'SHELL takes the JSON form only, for example ["/bin/sh", "-c"]'),
        ("RUN [1]", "the JSON form takes strings only"),
        ("VOLUME []", "VOLUME has an empty path"),
        ("ARG =b", "ARG has a value without a name"),
        ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no operands"),
        ("HEALTHCHECK CMD", "HEALTHCHECK CMD has no command"),
    ],
)
def test_a_refusal_names_the_instruction_as_it_is_written_in_documentation(text: str, message: str) -> None:
    """The message is whole, and says what would be right where that is short."""
    with pytest.raises(InvalidSyntaxError) as caught:
        check(split_instruction(text, 1, "\\"))

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("\x1cRUN x", "\x1cRUN", "x"),
        ("RUN x\x1c", "RUN", "x\x1c"),
        ("RUN \x1cx", "RUN", "\x1cx"),
        ("\xa0RUN\tx\u2003", "RUN", "x"),
        ("RUN --network=no\\ ne x", "RUN", "x"),
    ],
)
def test_an_instruction_splits_at_what_go_calls_white_space(text: str, name: str, rest: str) -> None:
    """The separators of ASCII are characters like others, and an escaped blank stays in a flag."""
    instruction = split_instruction(text, 1, "\\")

    assert (instruction.name, instruction.rest) == (name, rest)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ENV =b=c", "without a name"),
        ("LABEL a=b =c=d", "without a name"),
        ("ONBUILD ENV =b=c", "without a name"),
        ("COPY a b <<EOF", "destination of COPY is a heredoc"),
        ("ADD <<a b <<EOF", "destination of ADD is a heredoc"),
    ],
)
def test_the_last_operand_and_the_first_equals_decide(text: str, problem: str) -> None:
    """The destination is the last operand; a name ends at the first '='."""
    with pytest.raises(InvalidSyntaxError, match=problem):
        check(split_instruction(text, 1, "\\"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("FRM a", "unknown instruction 'FRM'"),
        ("", "unknown instruction ''"),
        ("RUN --mont=x y", "unknown flag '--mont'"),
        ("CMD --x", "unknown flag '--x'; this instruction takes none"),
        ("ONBUILD --x RUN y", "unknown flag"),
        ('RUN ["a", 1]', "strings only"),
        ("ENTRYPOINT [[]]", "strings only"),
        ('ONBUILD RUN ["a", null]', "strings only"),
        ("HEALTHCHECK CMD [1]", "strings only"),
        ("COPY a", "a source and a destination"),
        ("COPY", "a source and a destination"),
        ('ADD ["a"]', "a source and a destination"),
        ("COPY a <<EOF", "destination of COPY is a heredoc"),
        ("ENV", "ENV has no operand"),
        ("ENV a", "a name and a value"),
        ("ENV a=b c", "'c' has no '='"),
        ("ONBUILD ENV a=b c", "'c' has no '='"),
        ("ONBUILD LABEL a", "a name and a value"),
        ("ENV =b", "without a name"),
        ("LABEL a=b =c", "without a name"),
        ("ARG", "ARG has no operand"),
        ("ARG a =b", "without a name"),
        ("WORKDIR", "no operand"),
        ("USER", "no operand"),
        ("EXPOSE", "no operand"),
        ("VOLUME", "no operand"),
        ("VOLUME []", "empty path"),
        ('VOLUME ["a", " "]', "empty path"),
        ("SHELL /bin/sh", "JSON form only"),
        ("SHELL []", "JSON form only"),
        ("HEALTHCHECK", "no operand"),
        ("HEALTHCHECK CMD", "no command"),
        ("HEALTHCHECK CMD []", "no command"),
        ("HEALTHCHECK NONE x", "no operands"),
        ("HEALTHCHECK x", "CMD or NONE, not 'x'"),
        ("ONBUILD", "no operand"),
        ("ONBUILD ONBUILD RUN x", "ONBUILD is not allowed"),
        ("ONBUILD from x", "FROM is not allowed"),
        ("ONBUILD MAINTAINER x", "MAINTAINER is not allowed"),
    ],
)
def test_bad_instructions_are_refused(text: str, problem: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(InvalidSyntaxError, match=problem):
        check(split_instruction(text, 1, "\\"))


@pytest.mark.parametrize("name", sorted(FLAGS))
def test_names_have_any_case(name: str) -> None:
    """An instruction is known in upper, lower and mixed case."""
    assert {split_instruction(written, 1, "\\").name for written in (name, name.lower(), name.title())} == {name}
