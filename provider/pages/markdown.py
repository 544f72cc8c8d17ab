"""Release notes as safe HTML: no scripts, no forms, nothing loaded from other sites."""

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

CUT_AT = 4_000
_TAGS = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "strong"}
    | {"table", "tbody", "td", "th", "thead", "tr", "ul"}
)
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"


def as_html(text: str, rank: int = 4) -> Markup:
    """Render Markdown with tables as HTML; raw HTML in it is shown as text.

    The renderer escapes raw HTML, and its output is sanitised as well. All headings get the same rank, below those of
    the page. An image is replaced by its description, so that nothing is loaded from other sites.

    Args:
        text: untrusted Markdown.
        rank: the heading level, 3 for `<h3>`.
    """
    return Markup(  # noqa: S704 - sanitised on this line
        nh3.clean(
            _renderer().render(text, {"rank": rank}),
            tags=set(_TAGS),
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel=_REL,
        )
    )


def beginning(text: str) -> tuple[str, bool]:
    """The beginning of long notes, cut at the end of a line, and whether there is more."""
    if len(text) <= CUT_AT:
        return text, False
    return text[: text.rfind("\n", CUT_AT // 2, CUT_AT) if "\n" in text[CUT_AT // 2 : CUT_AT] else CUT_AT], True


def _renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    renderer.add_render_rule("image", _image_description)
    for rule in ("heading_open", "heading_close"):
        renderer.add_render_rule(rule, _heading)
    return renderer


def _image_description(
    _: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, environment: EnvType
) -> str:
    del options, environment
    return str(escape(tokens[index].content))


def _heading(_: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, environment: EnvType) -> str:
    del options
    slash = "/" if tokens[index].nesting < 0 else ""
    return f"<{slash}h{environment['rank']}>"
