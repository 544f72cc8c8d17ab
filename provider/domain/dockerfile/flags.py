"""The flags of an instruction (`--name=value`), and the mounts that RUN takes as flags.

Source of the rules: BuildKit, frontend/dockerfile/parser/split_command.go and
frontend/dockerfile/instructions/bflag.go, commands_runmount.go.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto

from provider.domain.dockerfile.errors import InvalidSyntaxError, quoted

_BLANKS = "\t\n\v\f\r "
_MOUNT_FIELD = re.compile(r'"((?:[^"]|"")*)"(?=,|\Z)|([^",]*)(?=,|\Z)')
_MOUNT_TYPES = frozenset({"bind", "cache", "tmpfs", "secret", "ssh"})
_MOUNT_SWITCHES = frozenset({"readonly", "ro", "readwrite", "rw", "required"})
_MOUNT_KEYS = _MOUNT_SWITCHES | frozenset(
    {
        "type",
        "from",
        "source",
        "src",
        "target",
        "dst",
        "destination",
        "size",
        "id",
        "sharing",
        "mode",
        "uid",
        "gid",
        "env",
    }
)


class FlagType(Enum):
    """The values of a flag: none or true/false, one value, or one value each time that it is given."""

    SWITCH = auto()
    VALUE = auto()
    VALUES = auto()


def split_flags(text: str, escape: str) -> tuple[tuple[str, ...], str]:
    """The leading flags of an instruction's text, without quotes and escapes, and the rest of the text.

    `--` ends the flags and belongs to neither.
    """
    flags: list[str] = []
    at = _behind_blanks(text, 0)
    while text.startswith("--", at):
        word, end = _flag_word(text, at, escape)
        at = _behind_blanks(text, end)
        if word == "--":
            break
        flags.append(word)
    return tuple(flags), text[at:]


def _behind_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _flag_word(text: str, at: int, escape: str) -> tuple[str, int]:
    """The word at a position, and its end. A quote that is not closed ends at the end of the text."""
    word = []
    quote = ""
    while at < len(text):
        character = text[at]
        if not quote and character in _BLANKS:
            break
        if character == quote or (not quote and character in {"'", '"'}):
            quote = "" if quote else character
        elif character == escape:
            at += 1
            word.append(text[at : at + 1])
        else:
            word.append(character)
        at += 1
    return "".join(word), at


def read_flags(flags: Sequence[str], known: Mapping[str, FlagType]) -> dict[str, tuple[str, ...]]:
    """The values of the flags by name, in order.

    Raises:
        InvalidSyntaxError: a flag is unknown, given twice, lacks its value, or is neither true nor false.
    """
    values: dict[str, list[str]] = {}
    for flag in flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        if name not in known:
            names = ", ".join(f"--{option}" for option in known) or "none"
            takes = f"this instruction takes {names}"
            raise InvalidSyntaxError(f"unknown flag; {takes}", f"unknown flag {quoted('--' + name)}; {takes}")
        if name in values and known[name] is not FlagType.VALUES:
            raise InvalidSyntaxError(f"flag --{name} is given twice")
        _check_value(name, known[name], equals, value)
        values.setdefault(name, []).append(value)
    return {name: tuple(given) for name, given in values.items()}


def _check_value(name: str, takes: FlagType, equals: str, value: str) -> None:
    if takes is not FlagType.SWITCH:
        if not equals:
            raise InvalidSyntaxError(f"flag --{name} has no value; write --{name}=...")
    elif equals and value.lower() not in {"true", "false"}:
        raise InvalidSyntaxError(
            f"flag --{name} takes true or false only", f"flag --{name} is {quoted(value)}; it takes true or false"
        )


def values_of(flags: Sequence[str], name: str) -> tuple[str, ...]:
    """The values of one flag, in order, whatever the other flags are."""
    start = f"--{name}="
    return tuple(flag.removeprefix(start) for flag in flags if flag.startswith(start))


def mount_source(mount: str) -> str | None:
    """The `from` of a mount: a stage or an image, as written; None when the mount has none.

    The other keys do not matter, so that the mounts of other builders are read too.
    """
    try:
        fields = _fields(mount)
    except InvalidSyntaxError:
        fields = mount.split(",")
    named = [value for key, _, value in (field.partition("=") for field in fields) if key.lower() == "from"]
    return named[-1] or None if named else None


def check_mount(mount: str) -> None:
    """Check a mount as BuildKit does, except its `from`.

    Raises:
        InvalidSyntaxError: no CSV line of known keys.
    """
    options: dict[str, str] = {}
    for field in _fields(mount):
        key, equals, value = field.partition("=")
        options[_checked_key(key.lower(), field, has_value=bool(equals))] = value
    _check_type(options.get("type", "bind"), options.get("from", ""))


def _fields(mount: str) -> list[str]:
    fields = []
    at = 0
    while at <= len(mount):
        found = _MOUNT_FIELD.match(mount, at)
        if not mount or not found:
            advice = "is not a line of CSV; write for example type=bind,from=image,target=/x"
            raise InvalidSyntaxError(f"a mount {advice}", f"mount {quoted(mount)} {advice}")
        in_quotes, plain = found.groups()
        fields.append(plain if in_quotes is None else in_quotes.replace('""', '"'))
        at = found.end() + 1
    return fields


def _checked_key(key: str, field: str, *, has_value: bool) -> str:
    if key not in _MOUNT_KEYS:
        known = f"in a mount; known are {', '.join(sorted(_MOUNT_KEYS))}"
        raise InvalidSyntaxError(f"unknown key {known}", f"unknown key {quoted(key)} {known}")
    if not has_value and key not in _MOUNT_SWITCHES:
        raise InvalidSyntaxError(
            f"{key} in a mount has no value; write {key}=...",
            f"{quoted(field)} in a mount has no value; write {key}=...",
        )
    return key


def _check_type(written: str, source: str) -> None:
    mount_type = written.lower()
    if "$" in mount_type:
        return  # its variables belong to the stage, and no type changes what `from` means
    if mount_type not in _MOUNT_TYPES:
        known = f"known are {', '.join(sorted(_MOUNT_TYPES))}"
        raise InvalidSyntaxError(f"unknown mount type; {known}", f"unknown mount type {quoted(written)}; {known}")
    if mount_type == "secret" and source:
        raise InvalidSyntaxError("a mount of type secret takes no 'from'")
