"""The bytes of a Dockerfile as text. Pure."""

from proxy.errors import NotFound

MOST_BYTES = 1024 * 1024


def dockerfile_text(content: bytes, where: str) -> str:
    """The text, without a byte order mark.

    Raises:
        NotFound: it is too large or not UTF-8; `where` goes into the message.
    """
    if len(content) > MOST_BYTES:
        raise too_large(where, len(content))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotFound(f"{where} is not a Dockerfile: byte {error.start} is not UTF-8") from error


def too_large(where: str, size: int) -> NotFound:
    """The refusal of a file of so many bytes."""
    return NotFound(f"{where} is too large for a Dockerfile: {size} bytes, at most {MOST_BYTES}")
