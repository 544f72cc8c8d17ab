"""Markdown from outside as safe HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.markup import HEADINGS, TAGS, safe_html

_TAG = re.compile(r"</?([a-z0-9]+)((?: [a-z]+=\"[^\"]*\")*)>")
HTML = ["<!--", "-->", "<details>", "</summary>", "<a href=", "<script>", "<plaintext>", "<img src=x alt='", "'>", '"']
MARKDOWN = ["[", "](", ")", "**", "`", "```\n", "\n\n", "* ", "| a |", "&lt;", "javascript:x", "https://a.example/"]
PIECES = st.sampled_from(HTML + MARKDOWN)


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join), st.booleans())
def test_whatever_the_text_only_listed_tags_and_attributes_are_left(text: str, images: bool) -> None:
    """Every opening angle bracket begins one of them."""
    html = safe_html(text, images=images)

    for name, attributes in _TAG.findall(html):
        assert name in TAGS | {"img"}
        assert set(re.findall(r" ([a-z]+)=", re.sub(r"\"[^\"]*\"", '""', attributes))) <= {
            "href",
            "title",
            "rel",
            "alt",
            "start",
        }
        assert not re.search(r"href=\"(?!https?:|mailto:|[^:]*\")", attributes)
    assert "<" not in _TAG.sub("", re.sub(r"\"[^\"]*\"", '""', html))


def test_raw_html_keeps_its_text() -> None:
    """Also where the tag is unknown; of a script nothing stays."""
    assert safe_html("<font color=red>a</font> <script>b</script><b>c</b>") == "<p>a <b>c</b></p>\n"


@pytest.mark.parametrize("heading", sorted(HEADINGS))
def test_headings_keep_their_rank(heading: str) -> None:
    """Markdown's are h1 to h6 as well."""
    assert safe_html(f"{'#' * int(heading[1])} A") == f"<{heading}>A</{heading}>\n"


def test_images_are_kept_without_their_address() -> None:
    """Only where the caller can show them."""
    assert safe_html("![logo](https://a.example/x.png)", images=True) == '<p><img alt="logo"></p>\n'
    assert safe_html("![logo](https://a.example/x.png)") == "<p></p>\n"
