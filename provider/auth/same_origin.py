"""Requests that a page of our own had a browser send."""

from urllib.parse import urlsplit

from flask import Request

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = "same-origin"


def changes_something(asking: Request) -> bool:
    """Whether a request may change something."""
    return asking.method not in _SAFE


def is_from_own_page(asking: Request, public_url: str) -> bool:
    """Whether a page of ours sent it, as the browser says; no page can write these headers.

    Sec-Fetch-Site (W3C, "Fetch Metadata Request Headers") comes over https and at this machine only; elsewhere Origin
    decides, against our public address, or against the address that the browser asked.
    """
    origin = asking.headers.get("Origin")
    site = asking.headers.get("Sec-Fetch-Site")
    if origin is None or (site is not None and site != _OURS):
        return False
    return site == _OURS or origin == _origin(public_url) or urlsplit(origin).netloc == asking.headers.get("Host")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
