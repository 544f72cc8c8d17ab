"""A text kept as gzip (RFC 1952). Pure: no request, no clock."""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

# Of zlib (zlib.net/manual.html, deflateInit2 and inflateInit2): the largest window, and 16 for the header of gzip. That
# header has no time and no name, so that equal texts have equal bytes.
_GZIP = zlib.MAX_WBITS | 16
# zlib's own default: 19 MB of entities become 1.5 MB in 0.13 s. The fastest level makes a third more in half the time.
_LEVEL = 6
_PIECE_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class CompressedText:
    """A text in UTF-8, compressed.

    Attributes:
        compressed: the text as one member of gzip.
        size: the number of bytes of the text.
    """

    compressed: bytes = field(repr=False)
    size: int

    @classmethod
    def of(cls, parts: Iterable[str]) -> "CompressedText":
        """Compress the parts one after another; the whole text is never in memory."""
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        pieces: list[bytes] = []
        size = 0
        for part in parts:
            content = part.encode("utf-8", "surrogateescape")
            size += len(content)
            if piece := compressor.compress(content):
                pieces.append(piece)
        pieces.append(compressor.flush())
        return cls(b"".join(pieces), size)

    @property
    def digest(self) -> str:
        """Differs for different texts: 64 hexadecimal digits."""
        return hashlib.sha256(self.compressed).hexdigest()

    def in_gzip(self) -> Iterator[bytes]:
        """The compressed bytes in pieces."""
        for start in range(0, len(self.compressed), _PIECE_BYTES):
            yield self.compressed[start : start + _PIECE_BYTES]

    def plain(self) -> Iterator[bytes]:
        """The bytes of the text in pieces of at most 64 KiB, each decompressed when it is asked for."""
        decompressor = zlib.decompressobj(_GZIP)
        for part in self.in_gzip():
            left, piece = part, b""
            # A full piece may have more behind it, also where all input is consumed.
            while left or len(piece) == _PIECE_BYTES:
                piece = decompressor.decompress(left, _PIECE_BYTES)
                left = decompressor.unconsumed_tail
                if piece:
                    yield piece
