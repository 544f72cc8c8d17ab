"""Tests of rendering Markdown from other sources."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.pages.markdown import CUT_AT, as_html, beginning

_TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
_LINK = re.compile(r'^ href="(https?://|mailto:|[^:"]*")')


def test_tracker_notes_are_rendered() -> None:
    """Lists, code, tables, deleted text and links are rendered; links send no referrer."""
    html = as_html("# New\n\n* **fast** ~~slow~~ `code`\n\n| a |\n|---|\n| 1 |\n\n[more](https://vendor.example/x)")
    for part in ("<h4>New</h4>", "<strong>fast</strong>", "<s>slow</s>", "<code>code</code>", "<td>1</td>"):
        assert part in html
    assert '<a href="https://vendor.example/x" rel="noopener noreferrer nofollow">more</a>' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](https://evil.example/pixel.png)",
        '[x](https://a.example "><script>alert(1)</script>")',
        "```<script>\nalert(1)\n```",
        '<a href="x" hx-get="/logout" hx-trigger="load">x</a>',
        "[x]: javascript:alert(1)\n\n[x]",
        '<a href="javascript:alert(1)"><img src="x" alt="<script>alert(1)</script>"></a>',
        '<img alt="&lt;script&gt;alert(1)&lt;/script&gt;">',
        '<details ontoggle="alert(1)" open><summary onclick="alert(1)">x</summary></details>',
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
        "<form action=/logout><input type=image src=x></form><iframe src=//evil.example></iframe>",
        "<a title='<a href=x></a><img src=x onerror=alert(1)>'></a>",
    ],
)
def test_tracker_stored_script_never_runs(hostile: str) -> None:
    """Scripts are removed from markup and links, and nothing is loaded from other sites."""
    _check(as_html(hostile))


@given(st.text(alphabet="<>[]()\"'`!#*|:/=\\&; \nascriptonjx", max_size=80))
def test_any_text_becomes_harmless_markup(text: str) -> None:
    """The result has only permitted tags, and links to http and https addresses."""
    _check(as_html(text))


def test_an_image_becomes_its_description() -> None:
    """This is true inside a link too."""
    html = as_html("[![build *passing*](https://ci.example/badge.svg)](https://ci.example)")
    assert ">build *passing*</a>" in html or ">build passing</a>" in html
    assert "badge.svg" not in html


def test_tracker_comments_are_not_shown() -> None:
    """GitHub's generated notes begin with one; one without an end hides the rest, as at GitHub."""
    assert as_html("<!-- Release notes generated at main -->\n\n## New <!-- x -->\n\n`<!--`") == (
        "\n<h4>New </h4>\n<p><code>&lt;!--</code></p>\n"
    )
    assert as_html("<!-- without an end\n\nhidden") == ""


def test_tracker_folded_parts_can_be_opened() -> None:
    """Markdown inside is rendered; a part without an end ends with the notes."""
    html = as_html("<details><summary>All <b>fixes</b></summary>\n\n* one\n\n</details>\n\n<details>")

    assert "<details><summary>All <b>fixes</b></summary>\n<ul>\n<li>one</li>\n</ul>\n</details>" in html
    assert html.count("<details>") == html.count("</details>") == 2


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (
            "see https://vendor.example/x.",
            '<a href="https://vendor.example/x" rel="{rel}">https://vendor.example/x</a>.',
        ),
        ("by @x in https://github.com/a/b/pull/12", '<a href="https://github.com/a/b/pull/12" rel="{rel}">#12</a>'),
        (
            "**Full Changelog**: https://github.com/a/b/compare/v1.0...v1.1",
            '<a href="https://github.com/a/b/compare/v1.0...v1.1" rel="{rel}">v1.0...v1.1</a>',
        ),
        (
            "https://github.com/a/b/pull/1, https://github.com/a/b/pull/2, https://github.com/c/d/issues/3",
            '<a href="https://github.com/c/d/issues/3" rel="{rel}">c/d#3</a>',
        ),
        (
            "https://github.com/a/b/commit/0123456789abcdef",
            '<a href="https://github.com/a/b/commit/0123456789abcdef" rel="{rel}">0123456</a>',
        ),
        ("<https://vendor.example>", '<a href="https://vendor.example" rel="{rel}">https://vendor.example</a>'),
    ],
)
def test_tracker_bare_addresses_are_links(text: str, link: str) -> None:
    """Those of GitHub's own pages are shown as GitHub shows them."""
    assert link.format(rel="noopener noreferrer nofollow") in as_html(text)


@pytest.mark.parametrize("text", ["example.com", "a@b.example", "setup.py", "ftp://a.example/x", "//a.example/x"])
def test_tracker_what_may_be_no_web_address_is_no_link(text: str) -> None:
    """Names of files look like domains."""
    assert as_html(text) == f"<p>{text}</p>\n"


def test_html_headings_get_the_rank_too() -> None:
    """Whatever rank and attributes they had."""
    assert as_html('<h1 align="center">A</h1>\n\n<h6>B</h6>', 3) == "<h3>A</h3>\n<h3>B</h3>"


def test_a_link_around_an_image_without_a_description_is_dropped() -> None:
    """A link without a text could not be read aloud."""
    assert as_html('<a href="https://a.example"><img src="https://a.example/x.png"></a>') == "<p></p>\n"


def test_long_notes_are_cut_at_a_line() -> None:
    """The list shows short notes in full."""
    long = "a line of notes\n" * 1_000
    shown, more = beginning(long)
    assert more
    assert len(shown) <= CUT_AT
    assert shown.endswith("notes")
    assert beginning("short") == ("short", False)
    assert len(beginning("x" * 10_000)[0]) == CUT_AT


def test_hostile_notes_are_rendered_in_time() -> None:
    """Many brackets and quotes, which make some renderers slow, are rendered quickly."""
    many = ("[" * 50_000, "> " * 20_000, "*a " * 20_000, "`" * 50_000, "https://a.b/(" * 10_000, "<details>" * 5_000)
    for text in many:
        began = time.process_time()
        as_html(text)
        assert time.process_time() - began < 20


def _check(html: str) -> None:
    for _, name, attributes in _TAG.findall(html):
        assert name not in {"script", "img", "iframe", "style", "svg", "form", "input"}
        assert "hx-" not in attributes
        assert not re.search(r"\son[a-z]+=", attributes)
        if "href" in attributes:
            assert _LINK.match(attributes), attributes
