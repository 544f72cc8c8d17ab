"""Lines, directives, comments, continuation and heredocs."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.dockerfile.errors import DockerfileError
from provider.domain.dockerfile.instructions import Instruction
from provider.domain.dockerfile.lines import (
    LARGEST_FILE,
    LONGEST_LINE,
    MOST_LINES,
    Directive,
    instructions_of,
    split_lines,
    syntax_directive,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The syntax directive and the instructions of a file."""

    syntax: Directive | None
    instructions: tuple[Instruction, ...]


def parse(text: str | bytes) -> Parsed:
    """Read a whole file."""
    lines = split_lines(text)
    return Parsed(syntax_directive(lines), instructions_of(lines))


def logical(text: str | bytes) -> list[tuple[int, str]]:
    """Line and text of every instruction."""
    return [(instruction.line, instruction.text) for instruction in parse(text).instructions]


@pytest.mark.parametrize(
    ("text", "value", "line"),
    [
        ("# syntax=docker/dockerfile:1\nFROM a", "docker/dockerfile:1", 1),
        ("#syntax=docker/dockerfile:1", "docker/dockerfile:1", 1),
        ("#  SYNTAX  =  docker/dockerfile:1  \nFROM a", "docker/dockerfile:1", 1),
        ("\ufeff# syntax=x/y\nFROM a", "x/y", 1),
        (b"\xef\xbb\xbf# syntax=x/y\r\nFROM a\r\n", "x/y", 1),
        ("# escape=`\n# syntax=x/y\nFROM a", "x/y", 2),
        ("# check=skip=all\n# escape=`\n# syntax=x/y\nFROM a", "x/y", 3),
        ("#!/usr/bin/env docker\n# syntax=x/y\nFROM a", "x/y", 2),
        ("# syntax=x/y and=more words\nFROM a", "x/y", 1),
    ],
)
def test_a_syntax_directive_is_found_at_the_start(text: str | bytes, value: str, line: int) -> None:
    """Case, blanks, BOM, CRLF and a shebang do not hide it."""
    syntax = parse(text).syntax

    assert syntax
    assert (syntax.value, syntax.line) == (value, line)


@pytest.mark.parametrize(
    "text",
    [
        "\n# syntax=x/y\nFROM a",
        "# a comment\n# syntax=x/y\nFROM a",
        "# other=thing\n# syntax=x/y\nFROM a",
        "FROM a\n# syntax=x/y",
        "  # syntax=x/y\nFROM a",
        "# syntax\nFROM a",
        "# syntax=\nFROM a",
        "# chec\u212a=x\nFROM a",
    ],
)
def test_directives_end_at_the_first_other_line(text: str) -> None:
    """What stands behind any other line, or is none, is a comment."""
    assert parse(text).syntax is None


@pytest.mark.parametrize(
    "text", ["# syntax\v=x/y", "# syntax\x1c=x/y", "# syntax\xa0=x/y", "#\x1csyntax=x/y", "\x1c# syntax=x/y"]
)
def test_other_blanks_make_a_directive_a_comment(text: str) -> None:
    """Before the '=' are tab, form feed, CR and blank; before the name is what Go calls white space."""
    assert parse(f"{text}\nFROM a").syntax is None


@pytest.mark.parametrize("blank", ["\v", "\x1c", "\xa0", "\u2003", "\tz"])
def test_other_blanks_belong_to_the_value_of_a_directive(blank: str) -> None:
    """Only a blank ends the name of the frontend; an escape is one character."""
    syntax = parse(f"# syntax=x/y{blank}\nFROM a").syntax

    assert syntax
    assert syntax.value == f"x/y{blank}"
    with pytest.raises(DockerfileError, match="line 1: escape is"):
        parse(f"# escape=`{blank}\nFROM a")


@pytest.mark.parametrize("name", ["syntax", "escape", "check"])
def test_a_directive_may_not_repeat(name: str) -> None:
    """The second one is refused, with its line."""
    with pytest.raises(DockerfileError, match=rf"line 2: only one {name} directive"):
        parse(f"# {name}=`\n# {name.upper()}=`\nFROM a")


@pytest.mark.parametrize("value", ["/", "``", "\\\\", " "])
def test_the_escape_is_one_of_two(value: str) -> None:
    """Only a backslash or a backtick can be it."""
    with pytest.raises(DockerfileError, match="line 1: escape is"):
        parse(f"# escape={value}\nFROM a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN b", [(1, "FROM a"), (2, "RUN b")]),
        ("FROM a\r\nRUN b \\\r\n c\r\n", [(1, "FROM a"), (2, "RUN b  c")]),
        ("\n\n  FROM a\n\t\n", [(3, "FROM a")]),
        ("FROM \\\n a", [(1, "FROM  a")]),
        ("FR\\\nOM a", [(1, "FROM a")]),
        ("FROM no\\\nde:2\\\n2", [(1, "FROM node:22")]),
        ("FROM a \\  \t\n AS b", [(1, "FROM a  AS b")]),
        ("RUN a \\\n# comment\n b", [(1, "RUN a  b")]),
        ("RUN a \\\n   # comment \\\n b", [(1, "RUN a  b")]),
        ("RUN a \\\n\n \t\n b\nRUN c", [(1, "RUN a  b"), (5, "RUN c")]),
        ("# comment \\\nFROM a", [(2, "FROM a")]),
        ("RUN a # no comment\nRUN b", [(1, "RUN a # no comment"), (2, "RUN b")]),
        ("RUN a \\\\\nRUN b", [(1, "RUN a \\\\"), (2, "RUN b")]),
        ("RUN a \\", [(1, "RUN a ")]),
        ("RUN a \\\n# end", [(1, "RUN a ")]),
        ("\\\nFROM a", [(1, "FROM a")]),
        ("# escape=`\nRUN a `\n b", [(2, "RUN a  b")]),
        ("# escape=`\nRUN a \\\nRUN b", [(2, "RUN a \\"), (3, "RUN b")]),
        ("  # escape=`\nRUN a `\n b", [(2, "RUN a  b")]),
        ("#!/bin/x\n# escape=`\nRUN a `\nRUN b", [(3, "RUN a `"), (4, "RUN b")]),
        ("", []),
        ("# only a comment", []),
    ],
)
def test_continuation_lines_join(text: str, expected: list[tuple[int, str]]) -> None:
    """Lines join with nothing between; comments and blank lines inside are dropped; the directive sets the escape."""
    assert logical(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1c# escape=`\nRUN a `\nCMD b", [(1, "\x1c# escape=`"), (2, "RUN a `"), (3, "CMD b")]),
        ("RUN a \\\n\x1c# b\nCMD c", [(1, "RUN a \x1c# b"), (3, "CMD c")]),
        ("RUN a \\\n\xa0# b\n c", [(1, "RUN a  c")]),
        ("RUN a \\\v\nCMD b", [(1, "RUN a \\\v"), (2, "CMD b")]),
        ("RUN a \\\xa0\nCMD b", [(1, "RUN a \\\xa0"), (2, "CMD b")]),
        ("RUN a \\X\nCMD b", [(1, "RUN a \\X"), (2, "CMD b")]),
        ("RUN a \\\n b \\", [(1, "RUN a  b ")]),
        ("RUN a \\\n b \\\n# end", [(1, "RUN a  b ")]),
    ],
)
def test_only_what_go_calls_white_space_is_blank(text: str, expected: list[tuple[int, str]]) -> None:
    """A comment follows white space; only blanks and tabs may follow an escape that continues a line."""
    assert logical(text) == expected


@pytest.mark.parametrize(
    ("opening", "body"),
    [
        ("RUN <<EOF", ["FROM x", "EOF"]),
        ("run <<EOF", ["FROM x", "EOF"]),
        ("RUN cat <<EOF > /f", ["# comment \\", "EOF"]),
        ("COPY <<a <<b /d", ["b", "a", "FROM x", "b"]),
        ("ADD <<file.txt /d", ["RUN", "file.txt"]),
        ("RUN <<-EOF", ["\tFROM x", "\t\tEOF"]),
        ("RUN <<'EOF'", ["$x", "EOF"]),
        ('RUN <<"E F"', ["EOF", "E F"]),
        ("RUN <<E'O'F", ["FROM x", "EOF"]),
        (r"RUN <<E\'F", ["FROM x", "E'F"]),
        ("RUN << EOF", ["FROM x", "EOF"]),
        ("RUN <<\t EOF cat", ["FROM x", "EOF"]),
        ("RUN 3<<EOF", ["FROM x", "EOF"]),
        ("RUN <<$EOF", ["FROM x", "$EOF"]),
        ("RUN --mount=type=bind,from=x,target=/y <<EOF", ["FROM x", "EOF"]),
        ("ONBUILD RUN <<EOF", ["FROM x", "EOF"]),
        ("ONBUILD COPY <<EOF /d", ["FROM x", "EOF"]),
        ("RUN \\\n <<EOF", ["FROM x \\", "EOF"]),
        ("RUN <<EOF", ["EOF\r"]),
    ],
)
def test_heredoc_bodies_are_no_instructions(opening: str, body: list[str]) -> None:
    """With any text in a heredoc, reading continues after its end."""
    text = "\n".join([opening, *body, "CMD after"])

    assert [instruction for _, instruction in logical(text)][1:] == ["CMD after"]


@pytest.mark.parametrize(
    ("opening", "body"),
    [
        ("RUN << 'EOF'", ["FROM x", "EOF"]),
        (r'RUN <<"E\"F"', ["FROM x", 'E"F']),
        (r"RUN ${x:-y}\ z <<EOF", ["FROM x", "EOF"]),
        ("RUN ${x:-" + "y" * 2000 + "} <<EOF", ["FROM x", "EOF"]),
        ("RUN <<-EOF", [" EOF", "XEOF", "\t EOF", "\tEOF"]),
    ],
)
def test_a_heredoc_ends_only_at_its_name(opening: str, body: list[str]) -> None:
    """Whatever is in the line that opens it; only tabs may stand before the name, and only with `<<-`."""
    text = "\n".join([opening, *body, "CMD after"])

    assert [instruction for _, instruction in logical(text)] == [opening, "CMD after"]


@pytest.mark.parametrize(
    "opening",
    [
        "RUN echo '<<EOF'",
        'RUN "<<EOF"',
        'RUN ["cat", "<<EOF"]',
        'COPY ["<<EOF", "/d"]',
        "RUN cat <<<EOF",
        "RUN cat<<EOF",
        "RUN <<- EOF",
        "RUN <<",
        "RUN <<''",
        r"RUN \<<EOF",
        "RUN echo 'open <<EOF",
        "RUN ${x[0]} <<EOF",
        "CMD <<EOF",
        "ENV a=<<EOF",
        "ONBUILD CMD <<EOF",
        "ONBUILD",
        "# RUN <<EOF",
    ],
)
def test_what_only_looks_like_a_heredoc_opens_none(opening: str) -> None:
    """The line behind it is an instruction."""
    assert logical(f"{opening}\nCMD after")[-1] == (2, "CMD after")


@pytest.mark.parametrize("text", ["RUN <<EOF", "RUN <<EOF\nEOF \n", "RUN <<EOF\n\tEOF", "COPY <<a <<b /d\nb\na\n"])
def test_a_heredoc_that_does_not_end_is_refused(text: str) -> None:
    """The error has the line that opens it."""
    with pytest.raises(DockerfileError, match=r"line 2: the heredoc '\w+' does not end"):
        parse(f"FROM a\n{text}")


def test_a_heredoc_name_with_an_open_quote_is_refused() -> None:
    """A quote that was escaped on the line is open in the name."""
    with pytest.raises(DockerfileError, match="line 1: a single quote is not closed"):
        parse(r"RUN <<${x:-\'}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"#" * (LARGEST_FILE + 1), 1),
        ("\n" * (MOST_LINES + 1), MOST_LINES),
        ("FROM a\n#" + "x" * LONGEST_LINE, 2),
    ],
)
def test_too_large_files_are_refused(text: str | bytes, line: int) -> None:
    """Bytes, lines and the bytes of a line have a bound."""
    with pytest.raises(DockerfileError) as caught:
        parse(text)

    assert caught.value.line == line


@pytest.mark.parametrize(
    ("text", "more", "problem"),
    [
        (b"#" * 1023 + b"\n", LARGEST_FILE // 1024, rf"has {LARGEST_FILE + 1} bytes; at most {LARGEST_FILE} are read"),
        (b"\n", MOST_LINES, f"has {MOST_LINES + 1} lines; at most {MOST_LINES} are read"),
        (b"#", LONGEST_LINE, f"has {LONGEST_LINE + 1} bytes; BuildKit reads at most {LONGEST_LINE}"),
    ],
    ids=["file", "lines", "line"],
)
def test_a_file_at_a_limit_is_read(text: bytes, more: int, problem: str) -> None:
    """One byte or line more is refused, and the message has both numbers."""
    full = text * more

    assert parse(full).instructions == ()
    with pytest.raises(DockerfileError, match=problem):
        parse(full + text[-1:])


def test_text_that_has_no_bytes_is_read_over() -> None:
    """Half of a surrogate pair in a command changes nothing."""
    assert logical("RUN \ud800\nCMD x")[1] == (2, "CMD x")


def test_bytes_that_are_no_text_are_read_over() -> None:
    """A byte that is not UTF-8 in a command disturbs nothing."""
    assert logical(b"RUN \xff\nCMD x")[1] == (2, "CMD x")


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1), min_size=1))
def test_splitting_an_instruction_over_lines_changes_nothing(parts: list[str]) -> None:
    """A text cut anywhere by the escape and a line break reads as before."""
    whole = "RUN " + "".join(parts)

    assert logical("RUN " + "\\\n".join(parts)) == logical(whole) == [(1, whole)]


@given(st.text(st.sampled_from("# \\`\n\r\t<E-'\"=syntaxRUNescap"), max_size=80))
def test_any_text_is_read_or_refused_with_a_line_of_the_file(text: str) -> None:
    """Nothing but the named error comes out, and every line lies in the file."""
    last = max(1, text.count("\n") + 1)
    try:
        lines = [instruction.line for instruction in parse(text).instructions]
    except DockerfileError as error:
        lines = [error.line]

    assert lines == sorted(lines)
    assert all(1 <= line <= last for line in lines)
