"""Write files into a work tree, each one completely or not at all."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from provider.errors import CheckoutUnwritable

Write = Callable[[Path, bytes], None]
"""Writes the bytes to the file; afterwards the file has all of them, or (after an OSError) its old content."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a new file in the same folder, then rename it over the old one.

    The file is not synced to the disk: the pushed commit counts, and opening a checkout restores it to its HEAD.

    Raises:
        OSError: the disk is full, the folder may not be written, ...; the file is unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            file.write(content)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_texts(folder: Path, texts: Mapping[str, str | None], write: Write) -> None:
    """Write each text to its path; None removes the file.

    Raises:
        CheckoutUnwritable: a file could not be written; the files before it have changed, and the caller restores them.
    """
    for path, text in texts.items():
        file = folder / path
        try:
            if text is None:
                file.unlink(missing_ok=True)
            else:
                write(file, text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise CheckoutUnwritable(
                f"{file} could not be written: {error.strerror or error}; nothing was committed; free the disk"
            ) from error


def remove_texts(folder: Path, paths: Iterable[str]) -> None:
    """Remove these files as far as possible, before the old ones are restored."""
    for path in paths:
        with suppress(OSError):
            (folder / path).unlink()
