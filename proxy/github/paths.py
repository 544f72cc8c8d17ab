"""Which paths of GitHub's API may be requested. Pure."""

import re
from urllib.parse import unquote

from proxy.errors import Refused

# Visible ASCII without '#', which starts a fragment, and without a backslash, which some servers read as a slash.
_PATH = re.compile(r"/[!-\"$-\[\]-~]*")


def check_path(path: str) -> None:
    """Raise unless the path, with its query, is certainly below the API's address.

    Raises:
        Refused: it may lead elsewhere, or is not a path.
    """
    segments = unquote(path.partition("?")[0]).replace("\\", "/").split("/")
    if not _PATH.fullmatch(path) or "" in segments[1:-1] or {".", ".."} & set(segments):
        raise Refused("this is not a path of GitHub's API; a path begins with one slash and has no '..'")
