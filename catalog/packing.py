"""Many texts that are alike, in memory in a tenth of their size."""

import zlib
from collections.abc import Iterator, Mapping

# Windows of 4 kB, in which texts of two kilobytes are found: with larger ones, making them takes longer than packing.
_BITS, _MEMORY, _LEVEL = -12, 5, 3


class Packing:
    """Packs texts with what the first of them has: rendered entities differ in their names, digests and times.

    Not safe for threads.
    """

    def __init__(self) -> None:
        self._like = b""

    def packed(self, text: str) -> bytes:
        """The text in the form that `unpacked` takes."""
        data = text.encode()
        if not self._like:
            self._like = data
        packing = zlib.compressobj(_LEVEL, zlib.DEFLATED, _BITS, _MEMORY, zdict=self._like)
        return packing.compress(data) + packing.flush()

    def unpacked(self, packed: bytes) -> str:
        """The text that `packed` was given."""
        return zlib.decompressobj(_BITS, zdict=self._like).decompress(packed).decode()


class PackedTexts(Mapping[str, str]):
    """Packed texts by name; each is unpacked when it is read."""

    def __init__(self, packed: Mapping[str, bytes], packing: Packing) -> None:
        self._packed, self._packing = packed, packing

    def __getitem__(self, name: str) -> str:
        return self._packing.unpacked(self._packed[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
