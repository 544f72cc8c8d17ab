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
    for sheet in (entry for entry in STATIC.iterdir() if entry.name.endswith(".css")):
        addresses = re.findall(r"url\(([^)]*)\)", sheet.read_text("utf-8"))
        assert all(address.startswith('"/static/') for address in addresses), addresses


def test_colours_are_variables_of_the_theme() -> None:
    """A colour that is written in another style sheet would be the same in the light and the dark theme."""
    for sheet in (entry for entry in STATIC.iterdir() if entry.name.endswith(".css") and entry.name != "theme.css"):
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*[;}])|\brgba?\(", sheet.read_text("utf-8")) == [], sheet.name


def test_the_note_names_each_variable_of_the_theme() -> None:
    """Whoever writes a style sheet finds all of them there."""
    variables = set(re.findall(r"(--(?!bs-)[a-z-]+):", (STATIC / "theme.css").read_text("utf-8")))
    assert variables == set(re.findall(r"`(--[a-z-]+)`", (STATIC / "README.md").read_text("utf-8")))
