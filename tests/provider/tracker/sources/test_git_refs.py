"""Tests of git's packets and lists of tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.sources.git_refs import (
    LONGEST_PACKET,
    Mark,
    RemoteTag,
    UnreadableRefs,
    capabilities,
    packet,
    packets,
    request_for_tags,
    tags_answered,
    tags_listed,
)

ONE, TWO = "1" * 40, "2" * 64
FLUSH = Mark.FLUSH.value
# Characters that the name of a ref may contain (git-check-ref-format(1)), as far as these tests need them.
NAMES = st.text(st.characters(codec="utf-8", exclude_characters=" ~^:?*[\\\x7f", min_codepoint=33), min_size=1)
HASHES = st.text("0123456789abcdef", min_size=40, max_size=40) | st.text("0123456789abcdef", min_size=64, max_size=64)
CONTENTS = st.lists(st.binary(max_size=50) | st.sampled_from(Mark), max_size=8)


@given(CONTENTS)
def test_packets_are_parsed_as_they_were_written(contents: list[bytes | Mark]) -> None:
    """Contents and special packets are parsed in the order in which they were written."""
    stream = b"".join(each.value if isinstance(each, Mark) else packet(each) for each in contents)

    assert list(packets(stream)) == contents


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(stream: bytes) -> None:
    """Any bytes are parsed or refused."""
    for read in (lambda: list(packets(stream)), lambda: tags_answered(stream)):
        try:
            read()
        except UnreadableRefs:
            continue
    tags_listed(stream)
    capabilities(stream)


def test_a_packet_has_a_maximum_length() -> None:
    """The maximum is 65,520 bytes with the header."""
    assert len(packet(b"x" * (LONGEST_PACKET - 4))) == LONGEST_PACKET
    with pytest.raises(ValueError, match="too much for a packet"):
        packet(b"x" * (LONGEST_PACKET - 3))


@given(st.dictionaries(NAMES, st.tuples(HASHES, st.none() | HASHES), max_size=8), st.booleans())
def test_an_answer_has_every_tag_with_its_commit(tags: dict[str, tuple[str, str | None]], breaks: bool) -> None:
    """Lines with and without a line break are parsed, and the output of `git ls-remote` is the same."""
    end = "\n" if breaks else ""
    lines = [f"{own} refs/tags/{name}{f' peeled:{inner}' if inner else ''}{end}" for name, (own, inner) in tags.items()]
    answer = b"".join(packet(line.encode()) for line in lines) + FLUSH
    listed = "".join(
        f"{own}\trefs/tags/{name}\n" + (f"{inner}\trefs/tags/{name}^{{}}\n" if inner else "")
        for name, (own, inner) in tags.items()
    )
    expected = tuple(RemoteTag(name, inner or own) for name, (own, inner) in sorted(tags.items()))

    assert tags_answered(answer) == expected
    assert tags_listed(listed.encode()) == expected


def test_other_refs_are_ignored() -> None:
    """Other refs, unknown attributes, and names that are not UTF-8 are ignored."""
    lines = [
        b"%s refs/heads/main" % ONE.encode(),
        b"%s refs/tags/new some:thing peeled:%s other" % (ONE.encode(), TWO.encode()),
        b"%s refs/tags/caf\xe9" % ONE.encode(),
        b"unborn HEAD symref-target:refs/heads/main",
    ]

    assert tags_answered(b"".join(map(packet, lines)) + FLUSH) == (RemoteTag("new", TWO),)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        packet(f"{ONE} refs/tags/v1\n".encode()),
        packet(b"ERR access denied\n") + FLUSH,
        packet(f"{ONE} refs/tags/v1\n".encode()) + Mark.DELIMITER.value + FLUSH,
        FLUSH + packet(b"more"),
        packet(b"<html>") + FLUSH,
        b"<html>",
        b"ffffx",
    ],
)
def test_an_incomplete_answer_is_refused(answer: bytes) -> None:
    """An incomplete answer is an error, because missing tags would count as withdrawn."""
    with pytest.raises(UnreadableRefs):
        tags_answered(answer)


def test_the_request_follows_the_protocol() -> None:
    """Command, capabilities, delimiter, arguments and flush are in order (gitprotocol-v2(5))."""
    assert list(packets(request_for_tags())) == [
        b"command=ls-refs\n",
        b"agent=image-factory",
        b"object-format=sha1",
        Mark.DELIMITER,
        b"peel\n",
        b"ref-prefix refs/tags/\n",
        Mark.FLUSH,
    ]


def test_the_capabilities_of_a_server_are_parsed() -> None:
    """Capabilities are parsed with and without the first line of HTTP servers; other answers are not version 2."""
    own = packet(b"version 2\n") + packet(b"agent=git/2.39\n") + packet(b"fetch=shallow filter\n") + FLUSH
    said = {"agent": "git/2.39", "fetch": "shallow filter"}

    assert capabilities(own) == said
    assert capabilities(packet(b"# service=git-upload-pack\n") + FLUSH + own) == said
    assert (
        capabilities(packet(b"# service=git-upload-pack\n") + FLUSH + packet(ONE.encode() + b" HEAD\0") + FLUSH) is None
    )
    assert capabilities(f"{ONE}\trefs/heads/main\n".encode()) is None
