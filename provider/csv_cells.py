"""Cells of CSV texts that a spreadsheet does not take for formulas. Pure."""

import re

# A spreadsheet treats such a cell as a formula (OWASP, "CSV Injection"), also with full-width signs; a leading
# apostrophe makes it text. A cell that already has apostrophes gets one more, so that an import returns the original.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]")


def guarded(cell: str) -> str:
    """The cell, with an apostrophe if a spreadsheet would treat it as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The inverse of `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
