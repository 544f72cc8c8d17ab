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
    for text in ("[" * 50_000, "> " * 20_000, "*a " * 20_000, "`" * 50_000):
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
