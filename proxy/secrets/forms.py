r"""The one list of the forms in which a secret can be written, for logs and for answers alike. Pure.

A character can be written as it is, or escaped as in addresses (`%2B` in either case, `+` for a space), JSON
(`\u002b`), Python and shells (`\x2b`, `\+`), git (`\053`) and HTML (`&#43;`). The secret can also be written in base64,
alone or within more text, as in `user:password` of Basic authentication, of git and of docker's `auth`. Letters and
digits are never escaped. So the longest run of them, the anchor, is a part of every spelling: a search for the anchor
is fast, and nearly always enough.

Each line of a secret with several lines is searched for as well: libraries quote the line of a private key that they
cannot read. Not found are base64 with line breaks within the secret, encryption and compression.
"""

import base64
import contextlib
import functools
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field

from proxy.secrets.secret import Secret

SHORTEST = 8
"""The least characters of a secret that is searched for: a shorter one occurs in many texts by chance."""

SHORTEST_LINE = 12
"""The least characters of a line that is searched for: short lines of a document with a password are no secrets."""

_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
_BREAK = re.compile(r"(?:[\r\n]|\\[rn])+")
_BASE64 = frozenset(f"{string.ascii_letters}{string.digits}+/-_=")
_MARK = "-----"
_LAST_LATIN_1 = 0xFF
_ESCAPES = {"\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r"}
_ENTITIES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
_AMPERSAND = r"(?:&|\\{1,4}u0026|%26)(?:amp;)*"


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """One secret, or a line of one, in one alphabet.

    Attributes:
        anchor: a part of every spelling; empty if there is none.
        spelling: a regular expression for all of them.
        in_base64: it is a part of a base64 word, whose first and last characters also depend on the secret.
    """

    anchor: str = field(repr=False)
    spelling: str = field(repr=False)
    in_base64: bool = False

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """The start and the end of each occurrence in the text; for base64, of the complete word."""
        if self.anchor in text:
            for found in re.finditer(self.spelling, text):
                yield _word(text, *found.span()) if self.in_base64 else found.span()


@functools.lru_cache(maxsize=512)
def written_forms(secret: Secret) -> tuple[WrittenForm, ...]:
    """All forms of the secret; none if it has less than `SHORTEST` characters."""
    return tuple(dict.fromkeys(form for part in _parts(secret.reveal()) for form in (_direct(part), *_in_base64(part))))


def shows(secret: Secret, *texts: str | bytes) -> bool:
    """Whether one of the texts contains the secret in any form; bytes are read as UTF-8."""
    return any(_has(form, text) for text in map(as_text, texts) for form in written_forms(secret))


def as_text(text: str | bytes) -> str:
    """Bytes decoded as UTF-8; invalid bytes do not affect the valid ones."""
    return text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")


def _has(form: WrittenForm, text: str) -> bool:
    return next(form.spans(text), None) is not None


def _parts(text: str) -> Iterator[str]:
    """The secret without surrounding spaces, and each of its lines that is long enough, except a key's marks."""
    secret = text.strip()
    if len(secret) < SHORTEST:
        return
    yield secret
    lines = [line.strip() for line in _BREAK.split(secret)]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= SHORTEST_LINE and not line.startswith(_MARK))


def _direct(part: str) -> WrittenForm:
    lines = [line.strip() for line in _BREAK.split(part)]
    spelling = _break_spelling().join("".join(map(_character, line)) for line in lines)
    return WrittenForm(_longest(" ".join(lines)), spelling)


def _in_base64(part: str) -> Iterator[WrittenForm]:
    """In base64 at each of the three possible offsets; requests encodes Basic authentication as Latin-1."""
    raws = [part.encode("utf-8", "surrogatepass")]
    with contextlib.suppress(UnicodeEncodeError):
        raws.append(part.encode("latin-1"))
    for raw in dict.fromkeys(raws):
        for before in range(3):
            # The first and the last characters also depend on the text around it.
            encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
            inner = encoded[-(-before * 8 // 6) : len(encoded) - (0 if (before + len(raw)) % 3 == 0 else 1)]
            yield WrittenForm(_longest(inner), "".join(map(_base64_character, inner)), in_base64=True)


def _word(text: str, start: int, stop: int) -> tuple[int, int]:
    while start and text[start - 1] in _BASE64:
        start -= 1
    while stop < len(text) and text[stop] in _BASE64:
        stop += 1
    return start, stop


@functools.cache
def _break_spelling() -> str:
    """Any line breaks. Possessive, because each break matches in two ways, and the time must not double with each."""
    written = (_character("\n"), _character("\r"), f"{_character(chr(92))}[nr]")
    return rf"(?:\s|{'|'.join(written)})++"


def _longest(text: str) -> str:
    return max(_ALPHANUMERIC.findall(text), key=len, default="")


def _base64_character(character: str) -> str:
    """In both alphabets (RFC 4648), and as addresses and JSON escape them."""
    match character:
        case "+":
            return f"(?:-|{_character('+')})"
        case "/":
            return f"(?:_|{_character('/')})"
        case _:
            return character


@functools.cache
def _character(character: str) -> str:
    """A regular expression for each way to write one character."""
    if _ALPHANUMERIC.fullmatch(character):
        return character
    code, utf8 = ord(character), character.encode("utf-8", "surrogatepass")
    utf16 = character.encode("utf-16-be", "surrogatepass")
    units = [utf16[place : place + 2].hex() for place in range(0, len(utf16), 2)]
    ways = [
        rf"\\{{0,4}}{re.escape(character)}",
        "".join(rf"%(?:25)*{byte:02x}" for byte in utf8),
        "".join(rf"\\{{1,4}}x{byte:02x}" for byte in utf8),
        "".join(rf"\\{{1,4}}{byte:03o}" for byte in utf8),
        "".join(rf"\\{{1,4}}u{unit}" for unit in units),
        rf"\\{{1,4}}U{code:08x}",
        rf"{_AMPERSAND}#(?:0*{code}|x0*{code:x});",
    ]
    if code <= _LAST_LATIN_1:
        ways += [rf"\\{{1,4}}x{code:02x}", rf"%(?:25)*{code:02x}"]
    if character == " ":
        ways.append(r"\+")
    if escape := _ESCAPES.get(character):
        ways.append(rf"\\{{1,4}}{escape}")
    if entity := _ENTITIES.get(character):
        ways.append(f"{_AMPERSAND}{entity};")
    # The character itself in its own case; the escapes in either case, such as `%2b` and `%2B`.
    return f"(?:{ways[0]}|(?i:{'|'.join(ways[1:])}))"
