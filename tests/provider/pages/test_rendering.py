"""Tests of text on pages."""

from html import unescape

import pytest

from provider.pages.rendering import breakable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ghcr.io/acme/api:latest", "ghcr.io/<wbr>acme/<wbr>api:<wbr>latest"),
        ("registry.example:5000/a/b:1.2", "registry.example:<wbr>5000/<wbr>a/<wbr>b:<wbr>1.2"),
        ("node:22@sha256:4a84", "node:<wbr>22@<wbr>sha256:<wbr>4a84"),
        ("https://git.example/acme/app.git", "https://<wbr>git.example/<wbr>acme/<wbr>app.git"),
        ("alpine", "alpine"),
        ("ends/", "ends/"),
        ("", ""),
        ("a/<b>&c", "a/<wbr>&lt;b&gt;&amp;c"),
    ],
)
def test_a_line_ends_only_after_a_separator_of_a_reference(text: str, shown: str) -> None:
    """The text itself is unchanged and escaped."""
    assert breakable(text) == shown
    assert unescape(breakable(text).replace("<wbr>", "")) == text
