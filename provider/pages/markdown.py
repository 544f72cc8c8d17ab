"""Release notes on pages."""

import re
from html import escape, unescape

import nh3
from markupsafe import Markup

from provider.markup import HEADINGS, TAGS, safe_html

CUT_AT = 4_000
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_REL = "noopener noreferrer nofollow"
_HEADING = re.compile(rf"<(/?)(?:{'|'.join(sorted(HEADINGS))})>")
_IMAGE = re.compile(r'<img(?: alt="([^"]*)")?>')
_EMPTY_LINK = re.compile(r"<a(?: [a-z]+=\"[^\"]*\")*>\s*</a>")


def as_html(text: str, rank: int = 4) -> Markup:
    """Render Markdown with tables, folded parts and other harmless HTML; everything else of its HTML is dropped.

    All headings get the same rank, below those of the page. An image is replaced by its description, so that nothing
    is loaded from other sites, and a link around an image without one is dropped: nobody could read it.

    Args:
        text: untrusted Markdown.
        rank: the heading level, 3 for `<h3>`.
    """
    described = _IMAGE.sub(_description, safe_html(text, images=True))
    linked = _EMPTY_LINK.sub("", described)
    # Sanitised after the changes by text, so that they need not be safe.
    safe = nh3.clean(linked, tags=set(TAGS), attributes=_ATTRIBUTES, link_rel=_REL)
    return Markup(_HEADING.sub(rf"<\1h{rank}>", safe))  # noqa: S704 - sanitised on the line above


def beginning(text: str) -> tuple[str, bool]:
    """The beginning of long notes, cut at the end of a line, and whether there is more."""
    if len(text) <= CUT_AT:
        return text, False
    return text[: text.rfind("\n", CUT_AT // 2, CUT_AT) if "\n" in text[CUT_AT // 2 : CUT_AT] else CUT_AT], True


def _description(image: re.Match[str]) -> str:
    return escape(unescape(image[1] or ""))
