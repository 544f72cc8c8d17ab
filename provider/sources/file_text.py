"""The bytes of a file of a source repository as text. Pure."""

from proxy.errors import NotFound

MOST_BYTES = 1024 * 1024


def file_text(content: bytes, where: str) -> str:
    """The text, without a byte order mark.

    Raises:
        NotFound: it is too large or not UTF-8; the message starts with `where`.
    """
    if len(content) > MOST_BYTES:
        raise too_large(where, len(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotFound(f"{where} is not text: byte {error.start} is not UTF-8") from error


def too_large(where: str, size: int) -> NotFound:
    """The error for a file of this size, in bytes."""
    return NotFound(f"{where} is too large: {size} bytes; the limit is {MOST_BYTES} bytes")
