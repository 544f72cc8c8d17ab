"""Which paths may be asked below GitHub's address. Pure."""

import re
from urllib.parse import unquote

from proxy.errors import Refused

# Visible ASCII without what ends a path elsewhere: a fragment, or a backslash that some read as a slash.
_PATH = re.compile(r"/[!-\"$-\[\]-~]*")


def check_path(path: str) -> None:
    """Pass a path with its query that stays where it is, below the API's address.

    Raises:
        Refused: it could lead elsewhere, or is no path.
    """
    segments = unquote(path.partition("?")[0]).replace("\\", "/").split("/")
    if not _PATH.fullmatch(path) or "" in segments[1:-1] or {".", ".."} & set(segments):
        raise Refused("this is no path of GitHub's API; it begins with one slash and has no '..'")
