"""Tests of texts that are kept compressed."""

import gzip
import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from provider.api.large.compressed_text import CompressedText

MEGABYTE = 1_000_000


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(1, 20_000)), max_size=8))
def test_a_text_is_read_as_it_was_written(repeated: list[tuple[str, int]]) -> None:
    """Plain and in gzip, whatever its parts, in pieces of at most 64 KiB."""
    parts = [text * times for text, times in repeated]
    content = "".join(parts).encode()

    text = CompressedText.of(parts)

    plain, compressed = list(text.plain()), list(text.in_gzip())
    assert (b"".join(plain), gzip.decompress(b"".join(compressed)), text.size) == (content, content, len(content))
    assert max(map(len, [b"", *plain, *compressed])) <= 65_536


def test_equal_texts_have_equal_bytes() -> None:
    """So an entity tag holds in each process; another text has another digest."""
    first, second, other = CompressedText.of(["ab", "c"]), CompressedText.of(["a", "bc"]), CompressedText.of(["abd"])

    assert first.digest == second.digest != other.digest
    assert first == CompressedText.of(["ab", "c"])


def test_the_whole_text_is_never_in_memory() -> None:
    """A text of 20 MB needs less than 3 MB while it is made and while it is sent."""

    def parts() -> Iterator[str]:
        for number in range(20_000):
            yield f"name: image-{number:05}\n".ljust(1000, "x")

    tracemalloc.start()
    try:
        text = CompressedText.of(parts())
        sent = sum(map(len, text.plain()))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert sent == text.size == 20 * MEGABYTE
    assert most < 3 * MEGABYTE
