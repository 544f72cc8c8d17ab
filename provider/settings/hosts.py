"""The hosts of configured addresses."""

import re
from urllib.parse import urlsplit

# The short form of an ssh address (git help clone, "GIT URLS").
_SCP_LIKE = re.compile(r"[^/@:]+@(?P<host>[^/@:]+):.*")


def host_of(address: str) -> str | None:
    """`host[:port]` of an address, in lower case and without a user; None for a local folder."""
    if "://" in address:
        return urlsplit(address).netloc.rpartition("@")[2].lower() or None
    match = _SCP_LIKE.fullmatch(address)
    return match["host"].lower() if match else None


def plain_http_host(address: str) -> str | None:
    """The host of a plain http address; None for any other address."""
    return host_of(address) if address.lower().startswith("http://") else None
