"""Tests of what is served to browsers."""

import hashlib
import re
from importlib.resources import files

STATIC = files("provider.pages") / "static"


def test_the_script_of_others_is_as_it_was_published() -> None:
    """Its hash stands in the note beside it."""
    content = (STATIC / "htmx.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() in (STATIC / "README.md").read_text("utf-8")
    assert "2.0.11" in content.decode("utf-8")


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    """Neither other hosts nor data: addresses, which the policy refuses."""
    for name in ("style.css", "theme.css"):
        addresses = re.findall(r"url\(([^)]*)\)", (STATIC / name).read_text("utf-8"))
        assert all(address.startswith('"/static/') for address in addresses), addresses
