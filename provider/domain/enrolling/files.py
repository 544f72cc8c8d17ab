"""The paths of the files of enrollments that a caller may name."""

import re

from provider.domain.enrollment import ADMINS_FILE
from provider.domain.enrollment_grammar import shown

_TEAM_FILE = re.compile(r"images\.d/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.yaml")


def file_problem(text: str) -> str | None:
    """Check the path of a file of enrollments; None if it is valid, else what is wrong and what to write."""
    if text == ADMINS_FILE or _TEAM_FILE.fullmatch(text):
        return None
    return f"{shown(text)} is not a file of enrollments; write {ADMINS_FILE} or for example images.d/team-a.yaml"
