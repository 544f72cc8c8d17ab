"""Git's own words for a list of tags: protocol v2's packets, and what `git ls-remote` prints. Pure.

Source: git's documentation, gitprotocol-common(5) for packets, gitprotocol-v2(5) for `ls-refs`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

LONGEST_PACKET = 65520
_AGENT = b"agent=image-factory"
# Four digits of length, which count themselves.
_HEAD = 4
_LENGTH = re.compile(rb"[0-9a-fA-F]{4}")
_HASH = rb"(?:[0-9a-f]{64}|[0-9a-f]{40})"
_REF = re.compile(rb"(?P<hash>" + _HASH + rb") refs/tags/(?P<name>[^ \n]+)(?P<more>(?: [^ \n]+)*)\n?")
# Nearly all packets of an answer look like this one; reading them by one expression is four times as fast.
_USUAL = re.compile(
    rb"(?P<length>[0-9a-f]{4})(?P<hash>"
    + _HASH
    + rb") refs/tags/(?P<name>[^ \n]+)(?: peeled:(?P<peeled>"
    + _HASH
    + rb"))?\n"
)
_PEELED = re.compile(rb" peeled:(" + _HASH + rb")(?= |$)")
_LISTED = re.compile(rb"(?P<hash>" + _HASH + rb")\trefs/tags/(?P<name>[^ \n]+)")
# How a list names what an annotated tag stands for; no name of a ref may hold '^' (git-check-ref-format(1)).
_BEHIND = b"^{}"


class UnreadableRefs(ValueError):
    """These bytes are no list of tags."""


class Mark(Enum):
    """The packets without content."""

    FLUSH = b"0000"
    DELIMITER = b"0001"
    RESPONSE_END = b"0002"


@dataclass(frozen=True, slots=True)
class RemoteTag:
    """A tag: its name without `refs/tags/`, and the hash of what it stands for in the end, nearly always a commit."""

    name: str
    hash: str


def packet(content: bytes) -> bytes:
    """Content with its length before it.

    Raises:
        ValueError: it is too long for one packet.
    """
    length = len(content) + _HEAD
    if length > LONGEST_PACKET:
        raise ValueError(f"{len(content)} bytes are too much for a packet; {LONGEST_PACKET - _HEAD} is the most")
    return b"%04x%s" % (length, content)


def packets(stream: bytes) -> Iterator[bytes | Mark]:
    """The contents and marks of a stream.

    Raises:
        UnreadableRefs: it is cut off, or no stream of packets.
    """
    marks = {mark.value: mark for mark in Mark}
    at = 0
    while at < len(stream):
        written = stream[at : at + _HEAD]
        if mark := marks.get(written):
            yield mark
            at += _HEAD
            continue
        if not _LENGTH.fullmatch(written) or not _HEAD <= (length := int(written, 16)) <= LONGEST_PACKET:
            raise UnreadableRefs(f"no packet begins at byte {at}")
        if at + length > len(stream):
            raise UnreadableRefs(f"the packet at byte {at} is cut off")
        yield stream[at + _HEAD : at + length]
        at += length


def request_for_tags() -> bytes:
    """The body of the request for all tags and their commits; one POST is enough, because v2 keeps no state."""
    return b"".join(
        (
            packet(b"command=ls-refs\n"),
            packet(_AGENT),
            packet(b"object-format=sha1"),
            Mark.DELIMITER.value,
            packet(b"peel\n"),
            packet(b"ref-prefix refs/tags/\n"),
            Mark.FLUSH.value,
        )
    )


def tags_answered(answer: bytes) -> tuple[RemoteTag, ...]:
    """The tags in an answer to `request_for_tags`, by name.

    A prefix is a hint only, so other refs may be among them; they are left out, as are names that are not UTF-8.

    Raises:
        UnreadableRefs: it is not the whole of such an answer.
    """
    found: list[tuple[bytes, bytes]] = []
    at = 0
    while (usual := _USUAL.match(answer, at)) and int(usual["length"], 16) == usual.end() - at:
        found.append((usual["name"], usual["peeled"] or usual["hash"]))
        at = usual.end()
    stream = packets(answer[at:])
    for content in stream:
        if content is Mark.FLUSH:
            if next(stream, None) is not None:
                raise UnreadableRefs("something follows the list of refs")
            return _ordered(found)
        if isinstance(content, Mark) or content.startswith(b"ERR "):
            raise UnreadableRefs(f"the server answered {content!r:.200} where a ref belongs")
        if entry := _REF.fullmatch(content):
            peeled = _PEELED.search(entry["more"])
            found.append((entry["name"], peeled[1] if peeled else entry["hash"]))
        elif not re.match(_HASH + rb" |unborn ", content):
            raise UnreadableRefs(f"{content!r:.200} is no ref")
    raise UnreadableRefs("the list of refs is cut off")


def tags_listed(output: bytes) -> tuple[RemoteTag, ...]:
    """The tags that `git ls-remote --tags` has printed, by name; names that are not UTF-8 are left out."""
    found: dict[bytes, bytes] = {}
    for line in output.splitlines():
        if entry := _LISTED.fullmatch(line):
            # What is behind an annotated tag follows the tag and takes its place.
            found[entry["name"].removesuffix(_BEHIND)] = entry["hash"]
    return _ordered(found.items())


def capabilities(advertisement: bytes) -> dict[str, str] | None:
    """What a server of protocol v2 says that it can do; None where it speaks another version, or is no such server."""
    try:
        contents = [each for each in packets(advertisement) if isinstance(each, bytes)]
    except UnreadableRefs:
        return None
    words = [content.decode("utf-8", "replace").rstrip("\n") for content in contents]
    if words[:1] == ["# service=git-upload-pack"]:
        words = words[1:]
    if words[:1] != ["version 2"]:
        return None
    return {name: value for name, _, value in (word.partition("=") for word in words[1:])}


def _ordered(found: Iterable[tuple[bytes, bytes]]) -> tuple[RemoteTag, ...]:
    tags = []
    # In the order of UTF-8's bytes, which is that of its characters.
    for name, reference in sorted(found):
        try:
            tags.append(RemoteTag(name.decode("utf-8"), reference.decode("ascii")))
        except UnicodeDecodeError:
            continue
    return tuple(tags)
