"""Compiled templates that applications share are those of their own texts."""

from collections.abc import Mapping

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader, Environment

from tests.compiled_templates import keep_compiled


def page(texts: Mapping[str, str]) -> str:
    """The page of a new application with these templates."""
    app = Flask("pages")
    app.jinja_loader = DictLoader(texts)
    with app.app_context():
        return render_template("page.html")


def test_a_template_is_compiled_once_and_again_when_its_text_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second application renders what the first compiled; another text under the same name is another template."""
    compiled = []
    compile_ = Environment.compile

    def counted(environment: Environment, source: str, *arguments: object, **others: object) -> object:
        compiled.append(source)
        return compile_(environment, source, *arguments, **others)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", counted)
    end = keep_compiled()
    try:
        shown = [page({"page.html": text}) for text in ("{{ 1 }}", "{{ 1 }}", "{{ 2 }}")]
    finally:
        end()

    assert shown == ["1", "1", "2"]
    assert compiled == ["{{ 1 }}", "{{ 2 }}"]
