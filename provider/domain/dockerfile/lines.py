"""A Dockerfile's text as instructions, with directives, comments, continuation lines and heredoc bodies resolved.

Source of the rules: BuildKit, frontend/dockerfile/parser/parser.go and directives.go.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from provider.domain.dockerfile.errors import DockerfileError, InvalidSyntaxError, quoted
from provider.domain.dockerfile.heredocs import heredocs
from provider.domain.dockerfile.instructions import Instruction, split_instruction
from provider.domain.dockerfile.words import WHITE_SPACE

LARGEST_FILE = 1 << 20
"""Bytes."""
LONGEST_LINE = 65_535
"""Bytes; the limit of BuildKit's reader."""
MOST_LINES = 50_000

_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_ESCAPES = frozenset({"\\", "`"})
_BLANKS = "\t\f\r "


@dataclass(frozen=True, slots=True)
class Directive:
    """`# name=value` at the start of the file; `line` counts from 1."""

    name: str
    value: str
    line: int


def instructions_of(lines: list[str]) -> tuple[Instruction, ...]:
    """The instructions of a whole file.

    Raises:
        DockerfileError: a directive is wrong, or a heredoc does not end.
    """
    escape = "\\"
    for directive in _directives(lines):
        if directive.name == "escape":
            escape = _escape(directive)
    return tuple(_instructions(lines, escape))


def split_lines(text: str | bytes) -> list[str]:
    """The lines of a file.

    Raises:
        DockerfileError: the file is too large.
    """
    source = text.encode("utf-8", "replace") if isinstance(text, str) else text
    if len(source) > LARGEST_FILE:
        raise DockerfileError(1, f"the file has {len(source)} bytes; at most {LARGEST_FILE} are read")
    lines = source.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    if len(lines) > MOST_LINES:
        raise DockerfileError(MOST_LINES, f"the file has {len(lines)} lines; at most {MOST_LINES} are read")
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise DockerfileError(number, f"the line has {len(line)} bytes; BuildKit reads at most {LONGEST_LINE}")
    return [line.decode("utf-8", "replace").rstrip("\r") for line in lines]


def _directives(lines: list[str]) -> Iterator[Directive]:
    """The directives that BuildKit's parser reads; they end at the first other line."""
    seen = set()
    for number, line in enumerate(lines, start=1):
        directive = _directive(line.lstrip(WHITE_SPACE), number)
        if not directive:
            return
        if directive.name in seen:
            raise DockerfileError(number, f"only one {directive.name} directive can be used")
        seen.add(directive.name)
        yield directive


def _directive(line: str, number: int) -> Directive | None:
    if not line.startswith("#"):
        return None
    name, _, value = line[1:].partition("=")
    name = name.lstrip(WHITE_SPACE).rstrip(_BLANKS)
    # The lower case of some letters outside ASCII is an ASCII letter.
    if not value or not name.isascii() or name.lower() not in _DIRECTIVES:
        return None
    return Directive(name.lower(), value.strip(_BLANKS), number)


def syntax_directive(lines: list[str]) -> Directive | None:
    """The syntax directive. BuildKit reads it separately: also after a shebang, but not when it is indented."""
    start = 1 if lines and lines[0].startswith("#!") else 0
    for number, line in enumerate(lines[start:], start=start + 1):
        directive = _directive(line, number)
        if not directive:
            return None
        if directive.name == "syntax":
            return Directive("syntax", directive.value.split(" ")[0], number)
    return None


def _escape(directive: Directive) -> str:
    if directive.value not in _ESCAPES:
        raise DockerfileError(
            directive.line, "escape can be \\ or ` only", f"escape is {quoted(directive.value)}; it can be \\ or `"
        )
    return directive.value


def _instructions(lines: list[str], escape: str) -> Iterator[Instruction]:
    at = 0
    while at < len(lines):
        first = lines[at].lstrip(WHITE_SPACE)
        at += 1
        if not first or first.startswith("#"):
            continue
        start = at
        text, at = _joined(first, lines, at, escape)
        instruction = split_instruction(text, start, escape)
        yield instruction
        at = _behind_heredocs(instruction, lines, at)


def _joined(first: str, lines: list[str], at: int, escape: str) -> tuple[str, int]:
    """The logical line that begins with `first`, and the number of lines read so far."""
    parts = []
    line = first
    while (part := _continued(line, escape)) is not None:
        parts.append(part)
        while at < len(lines) and (not (bare := lines[at].lstrip(WHITE_SPACE)) or bare.startswith("#")):
            at += 1
        if at == len(lines):
            return "".join(parts), at
        line = lines[at]
        at += 1
    return "".join([*parts, line]), at


def _continued(line: str, escape: str) -> str | None:
    """The line without the escape that continues it; None when no escape continues it."""
    text = line.rstrip(" \t")
    if not text.endswith(escape) or text.endswith(escape * 2):
        return None
    return text[:-1]


def _behind_heredocs(instruction: Instruction, lines: list[str], at: int) -> int:
    try:
        found = heredocs(instruction)
    except InvalidSyntaxError as problem:
        raise DockerfileError.at(instruction.line, problem) from problem
    for heredoc in found:
        while at < len(lines) and not heredoc.ends_at(lines[at]):
            at += 1
        if at == len(lines):
            raise DockerfileError(
                instruction.line, "a heredoc does not end", f"the heredoc {quoted(heredoc.name)} does not end"
            )
        at += 1
    return at
