"""Tests of text on pages."""

import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from flask import Flask
from jinja2 import FunctionLoader

from provider.pages.rendering import SharedTemplates, breakable


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


def test_a_template_that_many_requests_need_first_is_compiled_once() -> None:
    """Each compilation takes tens of milliseconds of one processor, which all of them share."""
    compiled: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def source(name: str) -> str:
        compiled.append(name)
        begun.set()
        assert go_on.wait(10)
        return "{{ 1 + 1 }}"

    templates = SharedTemplates(Flask("pages"), loader=FunctionLoader(source))
    with ThreadPoolExecutor(8) as threads:
        shown = [threads.submit(lambda: templates.get_template("page.html").render()) for _ in range(8)]
        assert begun.wait(10)
        go_on.set()

    assert [each.result() for each in shown] == ["2"] * 8
    assert compiled == ["page.html"]
