"""Rendering of templates that show untrusted text."""

import re
from typing import Any

from flask import render_template
from markupsafe import Markup


def rendered(template: str, **shown: Any) -> str:
    """Render a template to a page that can be encoded as UTF-8.

    JSON can carry a lone surrogate, so a title or a tag can contain one; UTF-8 cannot. It becomes a question mark.
    """
    return render_template(template, **shown).encode("utf-8", "replace").decode("utf-8")


def breakable(text: object) -> Markup:
    """A reference or another long name that a line may end in after `/`, `:` and `@`; copied, it is the text itself."""
    return Markup("<wbr>").join(re.split(r"(?<=[/:@])(?![/:@]|$)", str(text)))
