"""Tests of scripts and style sheets."""

import hashlib
import re
from importlib.resources import files

STATIC = files("provider.pages") / "static"


def test_the_third_party_script_is_unchanged() -> None:
    """Its hash is the one in the note beside it."""
    content = (STATIC / "htmx.min.js").read_bytes()
    assert hashlib.sha256(content).hexdigest() in (STATIC / "README.md").read_text("utf-8")
    assert "2.0.11" in content.decode("utf-8")


def test_style_sheets_load_nothing_from_other_sites() -> None:
    """The policy refuses other hosts and `data:` addresses."""
    for name in ("style.css", "theme.css"):
        addresses = re.findall(r"url\(([^)]*)\)", (STATIC / name).read_text("utf-8"))
        assert all(address.startswith('"/static/') for address in addresses), addresses
