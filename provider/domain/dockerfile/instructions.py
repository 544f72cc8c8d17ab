"""One instruction: its name, flags and operands, and whether BuildKit accepts it.

Source of the rules: BuildKit, frontend/dockerfile/parser/line_parsers.go and
frontend/dockerfile/instructions/parse.go.
"""

import json
import re
from dataclasses import dataclass

from provider.domain.dockerfile.errors import InvalidSyntaxError
from provider.domain.dockerfile.flags import FlagType, split_flags
from provider.domain.dockerfile.words import WHITE_SPACE

_BLANKS = re.compile(r"[\t\v\f\r ]+")
_SHELL_WORDS = {
    escape: re.compile(
        # Like BuildKit, accept an open quote and an escape at the end of the text.
        rf"""(?:{token}(?:.|\Z)|'[^']*(?:'|\Z)|"(?:{token}(?:.|\Z)|[^"{token}])*(?:"|\Z)|[^{WHITE_SPACE}'"{token}])+""",
        re.DOTALL,
    )
    for escape, token in (("\\", r"\\"), ("`", "`"))
}

_SWITCH, _VALUE, _VALUES = FlagType.SWITCH, FlagType.VALUE, FlagType.VALUES
FLAGS: dict[str, dict[str, FlagType]] = {
    "ADD": {
        "chown": _VALUE,
        "chmod": _VALUE,
        "link": _SWITCH,
        "keep-git-dir": _SWITCH,
        "checksum": _VALUE,
        "unpack": _SWITCH,
        "exclude": _VALUES,
    },
    "ARG": {},
    "CMD": {},
    "COPY": {
        "from": _VALUE,
        "chown": _VALUE,
        "chmod": _VALUE,
        "link": _SWITCH,
        "parents": _SWITCH,
        "exclude": _VALUES,
    },
    "ENTRYPOINT": {},
    "ENV": {},
    "EXPOSE": {},
    "FROM": {"platform": _VALUE},
    "HEALTHCHECK": {
        "interval": _VALUE,
        "timeout": _VALUE,
        "start-period": _VALUE,
        "start-interval": _VALUE,
        "retries": _VALUE,
    },
    "LABEL": {},
    "MAINTAINER": {},
    "ONBUILD": {},
    "RUN": {"mount": _VALUES, "network": _VALUE, "security": _VALUE, "device": _VALUES},
    "SHELL": {},
    "STOPSIGNAL": {},
    "USER": {},
    "VOLUME": {},
    "WORKDIR": {},
}
"""The flags of every instruction."""

FLAGS_NOT_READ = frozenset({"ARG", "STOPSIGNAL"})
"""BuildKit ignores the flags of these instructions."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One split logical line. `text` is the whole line, `rest` the text after the flags; `name` is in upper case."""

    line: int
    name: str
    flags: tuple[str, ...]
    rest: str
    text: str
    escape: str

    def blank_separated(self) -> list[str]:
        """The operands of instructions in which quotes and escapes have no meaning."""
        return _BLANKS.split(self.rest) if self.rest else []

    def quoted_words(self) -> list[str]:
        """The operands of instructions in which quotes and escapes have a meaning; they stay in the words."""
        return _SHELL_WORDS[self.escape].findall(self.rest)

    def onbuild(self) -> "Instruction":
        """The instruction after ONBUILD."""
        return split_instruction(self.rest, self.line, self.escape)


def split_instruction(text: str, line: int, escape: str) -> Instruction:
    """Split a logical line. The name is not checked."""
    name, *rest = _BLANKS.split(text.strip(WHITE_SPACE), maxsplit=1)
    flags, operands = split_flags(rest[0], escape) if rest else ((), "")
    return Instruction(line, name.upper(), flags, operands.strip(WHITE_SPACE), text, escape)


def json_strings(text: str) -> list[str] | None:
    """The strings of the JSON (exec) form; None when the text is in shell form.

    Raises:
        InvalidSyntaxError: a JSON array of something else than strings.
    """
    if not text.startswith("["):
        return None
    try:
        parsed = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    strings = [item for item in parsed if isinstance(item, str)]
    if len(strings) != len(parsed):
        raise InvalidSyntaxError("the JSON form takes strings only")
    return strings


def _refuse(name: str) -> None:
    raise ValueError(name)
