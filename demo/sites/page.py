"""One HTML page of a site of the demo. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title} - {site}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
pre {{ border: 1px solid; overflow-x: auto; padding: .75rem }}
td, th {{ padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top }}
td {{ overflow-wrap: anywhere }}
</style>
<body>
<p>{site}: {note}</p>
<h1>{title}</h1>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to an address."""

    text: str
    address: str


Cell = str | Link


def page(site: str, note: str, title: str, parts: Iterable[str]) -> str:
    """A whole page.

    Args:
        site: the name of the site.
        note: what the site is.
        title: the heading, as plain text.
        parts: HTML, made by the functions below.
    """
    return _PAGE.format(site=escape(site), note=escape(note), title=escape(title), body="\n".join(parts))


def table(heading: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table below a heading; a sentence where it has no rows."""
    lines = ["".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in rows]
    if not lines:
        return f"<h2>{escape(heading)}</h2>\n<p>None yet.</p>"
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<h2>{escape(heading)}</h2>\n<table><tr>{head}</tr>\n{body}\n</table>"


def file(path: str, content: bytes) -> str:
    """The text of a file below its path."""
    return f"<h2>{escape(path)}</h2>\n<pre>{escape(content.decode(errors='replace'))}</pre>"


def paragraph(cell: Cell) -> str:
    """A paragraph of text or one link."""
    return f"<p>{_cell(cell)}</p>"


def _cell(cell: Cell) -> str:
    return f'<a href="{escape(cell.address)}">{escape(cell.text)}</a>' if isinstance(cell, Link) else escape(cell)
