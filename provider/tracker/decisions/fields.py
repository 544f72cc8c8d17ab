"""The rules for fields that people fill in. Each `*_problem` returns what is wrong with a value, or None. Pure."""

from catalog.addresses import is_web_address

LONGEST_NAME = 200
LONGEST_NOTES = 10_000
LONGEST_VERSION = 300
LONGEST_URL = 2_000
LONGEST_RELEASE_NOTES = 200_000


def name_problem(text: str) -> str | None:
    """A name: one line that is not blank."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        return f"a name must be one line of 1 to {LONGEST_NAME} characters"
    return None


def notes_problem(text: str, longest: int = LONGEST_NOTES) -> str | None:
    """Notes: any text, up to a length."""
    return f"notes must have at most {longest} characters; these have {len(text)}" if len(text) > longest else None


def version_problem(text: str) -> str | None:
    """The version of a release: one line without spaces at its ends."""
    if not text or text != text.strip() or not text.isprintable() or len(text) > LONGEST_VERSION:
        return f"a version must be one line of 1 to {LONGEST_VERSION} characters, without spaces at its ends"
    return None


def url_problem(text: str) -> str | None:
    """A web address that may become a link, never `javascript:` for example."""
    if is_web_address(text) and len(text) <= LONGEST_URL:
        return None
    return "not a web address; write an address that begins with https:// and contains no credentials"
