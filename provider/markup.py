"""Markdown from outside as safe HTML, for pages and messages: nothing in it runs or is loaded. Pure."""

import re
from collections import Counter
from itertools import pairwise

import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TAGS = HEADINGS | frozenset(
    {"a", "b", "blockquote", "br", "center", "code", "dd", "del", "details", "div", "dl", "dt", "em", "hr", "i", "kbd"}
    | {"li", "ol", "p", "pre", "s", "samp", "strike", "strong", "sub", "summary", "sup"}
    | {"table", "tbody", "td", "th", "thead", "tr", "tt", "ul"}
)
"""Every other tag is dropped, and the text inside it stays; of scripts and styles nothing stays."""

_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "img": {"alt"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"
# Finding addresses takes the square of the length of a paragraph without spaces.
_LONGEST_LINKED_PARAGRAPH = 5_000
_LONGEST_ADDRESS = 2_000
# As GitHub shows the addresses of its own pages.
_GITHUB_PAGE = re.compile(
    r"https://github\.com/(?P<repository>[\w.-]+/[\w.-]+)/"
    r"(?:(?:pull|issues|discussions)/(?P<number>\d+)|compare/(?P<range>[^\s/?#]+)|commit/(?P<commit>[0-9a-f]{7,64}))"
)


def safe_html(text: str, *, images: bool = False) -> str:
    """Render Markdown as GitHub does, raw HTML and bare addresses included, with safe tags and attributes only.

    Comments are dropped. The result is balanced, whatever the text.

    Args:
        text: untrusted Markdown.
        images: keep images as `<img alt="...">`, without the address of the image.
    """
    tags = {*TAGS, "img"} if images else set(TAGS)
    html = _renderer().render(text)
    return nh3.clean(html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=_REL)


class _Links(LinkifyIt):  # type: ignore[misc]  # linkify-it-py ships no types
    def pretest(self, text: str) -> bool:
        """Whether the text may contain an address."""
        return len(text) <= _LONGEST_LINKED_PARAGRAPH and bool(super().pretest(text))

    def match_at_start(self, text: str) -> Match | None:
        """The address that the text begins with."""
        return super().match_at_start(text[:_LONGEST_ADDRESS])


def _renderer() -> MarkdownIt:
    """A new one for each text: what finds addresses keeps its place in itself, so threads cannot share it."""
    renderer = MarkdownIt("commonmark", {"html": True, "linkify": True}).enable(["table", "strikethrough", "linkify"])
    links = _Links(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for schema in ("ftp:", "mailto:", "//"):
        links.add(schema, None)
    renderer.linkify = links
    renderer.core.ruler.push("short_addresses", _shorten)
    return renderer


def _shorten(state: StateCore) -> None:
    """Show bare addresses of pull requests, issues, comparisons and commits as GitHub does: `#12`, `v1.0...v1.1`."""
    bare = [token for block in state.tokens for token in _bare_addresses(block.children or [])]
    pages = [(token, page) for token in bare if (page := _GITHUB_PAGE.fullmatch(token.content))]
    for own, _ in Counter(page["repository"] for _, page in pages).most_common(1):
        for token, page in pages:
            token.content = _short(page, "" if page["repository"] == own else page["repository"])


def _bare_addresses(inline: list[Token]) -> list[Token]:
    """The texts of links that were only an address."""
    return [shown for link, shown in pairwise(inline) if link.type == "link_open" and link.info == "auto"]


def _short(page: re.Match[str], repository: str) -> str:
    """GitHub's short form; with the repository, unless most addresses of the text are of that one."""
    if page["number"]:
        return f"{repository}#{page['number']}"
    short = page["range"] or page["commit"][:7]
    return f"{repository}@{short}" if repository else short
