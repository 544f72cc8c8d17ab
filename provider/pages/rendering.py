"""Pages with texts from outside."""

from typing import Any

from flask import render_template


def rendered(template: str, **shown: Any) -> str:
    """The template as a page that can be sent.

    JSON can carry half of a surrogate pair, and so can a title or a tag; UTF-8 cannot. It becomes a question mark.
    """
    return render_template(template, **shown).encode("utf-8", "replace").decode("utf-8")
