"""Pull requests for changes of entries: their branch, their title, and the text that reviewers read. Pure."""

import json
import re
from hashlib import sha256

from provider.domain.enrolling.change import EntryChange, EntryEdit
from provider.domain.findings.finding import Finding, Findings

BRANCHES = "image-factory/"
"""What the names of all branches of such pull requests begin with."""

_BRANCH = re.compile(rf"{BRANCHES}(?:enroll|change|remove)-(?P<name>[a-z0-9-]+)-[0-9a-f]{{8}}")
_MOST_DIFF = 20_000
# GitHub's limit of a body is 65,536 characters.
_MOST_FINDINGS = 100
_LONGEST_MESSAGE = 300


def branch_of(edit: EntryEdit) -> str:
    """The branch of an edit: the same edit has the same branch, so asking again opens nothing new."""
    entry = edit.entry.to_document() if edit.entry else None
    digest = sha256(json.dumps([edit.file, edit.name, entry], sort_keys=True).encode()).hexdigest()[:8]
    return f"{BRANCHES}{_verb(edit)}-{_name(edit)}-{digest}"


def image_of(branch: str) -> str | None:
    """The name of the image that a branch is about; None for another branch."""
    found = _BRANCH.fullmatch(branch)
    return found["name"] if found else None


def title_of(edit: EntryEdit) -> str:
    """The title of the pull request."""
    return f"{_verb(edit).capitalize()} {_name(edit)}"


def body_of(diff: str, findings: Findings, requested_by: str, why: str) -> str:
    """The text of the pull request in Markdown: why there is one, the findings and the diff.

    Args:
        diff: the unified diff of the file.
        findings: about the entry.
        requested_by: the name of the caller.
        why: there is no direct commit, a sentence.
    """
    shown = [_line(item) for item in findings.items[:_MOST_FINDINGS]]
    parts = [why, "### Findings\n\n" + "\n".join(shown) if shown else "", "### Change\n\n" + _fenced(diff[:_MOST_DIFF])]
    return "\n\n".join(filter(None, [*parts, f"Requested-by: {_plain(requested_by)}"])) + "\n"


def _line(item: Finding) -> str:
    return f"- **{item.level.value}** {_code(item.field)}: {_code(item.message[:_LONGEST_MESSAGE])}"


def _code(text: str) -> str:
    """The text as code, so that nothing in it is read as Markdown: no link, no mention, no image."""
    return f"`` {_plain(text).replace('`', chr(39))} ``"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _fenced(diff: str) -> str:
    # A block of code ends at a fence that is as long as the one that begins it: three characters at least.
    fence = "`" * (max([2, *map(len, re.findall("`+", diff))]) + 1)
    return f"{fence}diff\n{diff.rstrip()}\n{fence}"


def _verb(edit: EntryEdit) -> str:
    return "remove" if edit.entry is None else "enroll" if edit.name is None else "change"


def _name(edit: EntryEdit) -> str:
    return EntryChange(edit.name, edit.entry).subject
