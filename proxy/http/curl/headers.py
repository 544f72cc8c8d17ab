"""The headers of answers and of requests, between bytes and text. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FOLDED = frozenset({" ", "\t"})
_BLANK = frozenset({b"\r\n", b"\n"})
_NOT_IN_VALUES = re.compile(r"[\r\n\0]")
# libcurl adds these by itself; a name without a value keeps it from that.
_UNWANTED = (("accept", b"Accept:"), ("expect", b"Expect:"))
_UNWANTED_WITH_BODY = (*_UNWANTED, ("content-type", b"Content-Type:"))
_USUAL = frozenset({"accept", "authorization", "user-agent"})


class AnswerHeaders(Mapping[str, str]):
    """The headers of an answer: names match in any case; the values of a repeated name are joined by a comma."""

    __slots__ = ("_values",)

    def __init__(self, lines: Iterable[bytes]) -> None:
        values: dict[str, str] = {}
        last = ""
        for line in lines:
            name, colon, value = line.decode("latin-1").partition(":")
            if name[:1] in _FOLDED and last:
                values[last] = f"{values[last]} {f'{name}{colon}{value}'.strip()}"
            elif colon:
                last, value = name.strip().lower(), value.strip()
                values[last] = f"{values[last]}, {value}" if last in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def last_head(lines: Sequence[bytes]) -> Sequence[bytes]:
    """The lines of the last head among all that came, without its status line.

    Heads before it are of a proxy, or of an answer before the answer (status 1xx); trailers come after its blank line.
    """
    start = 0
    for number, line in enumerate(lines, start=1):
        if line.startswith(b"HTTP/"):
            start = number
    end = start
    while end < len(lines) and lines[end] not in _BLANK:
        end += 1
    return lines[start:end]


def header_lines(headers: Mapping[str, str], *, has_body: bool) -> list[bytes]:
    """The headers of a request, each as libcurl takes it.

    Raises:
        ValueError: a header cannot be sent; the message has its name and never its value.
    """
    lines = [_line(name, value) for name, value in headers.items()]
    given = {name.lower() for name in headers}
    unwanted = _UNWANTED_WITH_BODY if has_body else _UNWANTED
    return lines + [line for name, line in unwanted if name not in given]


def _line(name: str, value: str) -> bytes:
    if name not in _USUAL and not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a header")
    if _NOT_IN_VALUES.search(value):
        raise ValueError(f"the header {name} has a line break")
    try:
        # A semicolon instead of the colon: libcurl then sends the name with an empty value.
        return f"{name}: {value}".encode("latin-1") if value else f"{name};".encode()
    except UnicodeEncodeError:
        raise ValueError(f"the header {name} has a character that headers cannot have") from None
