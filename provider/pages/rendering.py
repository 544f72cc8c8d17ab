"""Rendering of templates that show untrusted text."""

import re
import threading
from typing import Any

from flask import render_template
from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import Template
from markupsafe import Markup


class SharedTemplates(Environment):
    """Compiles each template once, however many requests need it first at the same time.

    Jinja has no lock: each of thirty requests for the first page after a start compiled its templates, which took two
    seconds.
    """

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        # Reentrant, because a template gets the templates that it includes and extends.
        self._compiling = threading.RLock()

    def get_template(self, name: str | Template, parent: str | None = None, globals: Any = None) -> Template:  # noqa: A002 - Jinja's name
        """The template, from the cache if any request had it before."""
        with self._compiling:
            return super().get_template(name, parent, globals)


def rendered(template: str, **shown: Any) -> str:
    """Render a template to a page that can be encoded as UTF-8.

    JSON can carry a lone surrogate, so a title or a tag can contain one; UTF-8 cannot. It becomes a question mark.
    """
    return render_template(template, **shown).encode("utf-8", "replace").decode("utf-8")


def breakable(text: object) -> Markup:
    """A reference or another long name that a line may end in after `/`, `:` and `@`; copied, it is the text itself."""
    return Markup("<wbr>").join(re.split(r"(?<=[/:@])(?![/:@]|$)", str(text)))
