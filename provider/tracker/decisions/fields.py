"""What may stand in a tracked repository's and a release's own fields; each `*_problem` answers None when right."""

from catalog.addresses import is_web_address

LONGEST_NAME = 200
LONGEST_NOTES = 10_000
LONGEST_VERSION = 300
LONGEST_URL = 2_000
LONGEST_RELEASE_NOTES = 200_000


def name_problem(text: str) -> str | None:
    """A name: one line that is not blank."""
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_NAME:
        return f"a name is one line of 1 to {LONGEST_NAME} characters"
    return None


def notes_problem(text: str, longest: int = LONGEST_NOTES) -> str | None:
    """Notes: any text, up to a length."""
    return f"notes have at most {longest} characters, and these have {len(text)}" if len(text) > longest else None


def version_problem(text: str) -> str | None:
    """A release's version: one line without spaces around it."""
    if not text or text != text.strip() or not text.isprintable() or len(text) > LONGEST_VERSION:
        return f"a version is one line of 1 to {LONGEST_VERSION} characters, without spaces around it"
    return None


def url_problem(text: str) -> str | None:
    """A page that a person may follow: never `javascript:` and the like."""
    if is_web_address(text) and len(text) <= LONGEST_URL:
        return None
    return "this is no web address; write one that begins with https:// and holds no credentials"
