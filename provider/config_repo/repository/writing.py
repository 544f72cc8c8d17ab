"""Writes files into a work tree, each whole or not at all."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from provider.errors import CheckoutUnwritable

Write = Callable[[Path, bytes], None]
"""Puts the bytes into the file; afterwards the file holds all of them, or (OSError) what it held before."""


def write_whole(path: Path, content: bytes) -> None:
    """Write into a new file in the same folder, then rename it over the old one.

    Not forced to the disk: what counts is what was pushed, and a checkout is put back to its HEAD when it is opened.

    Raises:
        OSError: the disk is full, the folder may not be written, ...; the file is as it was.
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
    """Bring each path to its text; None removes it.

    Raises:
        CheckoutUnwritable: one could not be written; those before it have changed, for the caller to put back.
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
    """Remove those files as far as that is possible: before something puts the old ones in their place."""
    for path in paths:
        with suppress(OSError):
            (folder / path).unlink()
