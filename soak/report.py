"""The report of a soak: a table for people, and the same as a file. Pure but for writing the file."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soak.checks.line import Line
from soak.checks.pages import by_page
from soak.evidence import Evidence
from soak.options import Options


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one soak.

    Attributes:
        load: the machine's load (one minute) at its start and at its end.
    """

    options: Options
    lines: Sequence[Line]
    evidence: Evidence
    load: tuple[float, float]

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(line.holds for line in self.lines)

    def text(self) -> str:
        """A Markdown page: a table of the checks, the faults and the pages."""
        return "\n".join((*self._checks(), "", *self._faults(), "", *self._pages(), ""))

    def write(self, folder: Path) -> Path:
        """Write it as Markdown and as JSON; returns the path of the page."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(self.evidence.began))}-seed-{self.options.seed}"
        page = folder / f"{name}.md"
        page.write_text(self.text(), encoding="utf-8")
        checks = [
            {"name": line.name, "holds": line.holds, "found": line.found, "faults": line.faults} for line in self.lines
        ]
        (folder / f"{name}.json").write_text(json.dumps({"options": str(self.options), "checks": checks}, indent=1))
        return page

    def _checks(self) -> Sequence[str]:
        before, after = self.load
        return (
            f"# Soak: {'every check holds' if self.holds else 'FAILED'}",
            "",
            f"{self.options}; load {before:.1f}, at the end {after:.1f}",
            "",
            "| check | | found |",
            "|---|---|---|",
            *(f"| {line.name} | {line.verdict} | {_cell(line.found)} |" for line in self.lines),
        )

    def _faults(self) -> Sequence[str]:
        began = self.evidence.began
        return (
            "| fault | from | to |",
            "|---|---|---|",
            *(
                f"| {each.kind}{'' if each.done else ': not done, ' + each.note} | {each.began - began:.0f} s "
                f"| {each.ended - began:.0f} s |"
                for each in self.evidence.faults
            ),
        )

    def _pages(self) -> Sequence[str]:
        found = by_page(self.evidence.readings)
        return ("| page | answers |", "|---|---|", *(f"| {page} | {each} |" for page, each in found.items()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
