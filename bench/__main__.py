"""`python -m bench`: measures every mark, prints a line for each, and writes `docs/benchmarks.md`.

A missed mark is a result, not an error.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from bench.cached_answers import cached_marks
from bench.commits import commit_marks
from bench.digest_checks import digest_marks
from bench.document import page
from bench.entities import entity_marks
from bench.git_tags import git_tag_marks
from bench.github_day import github_day_marks
from bench.http2_checks import http2_marks
from bench.idle_rounds import round_marks
from bench.marks import Mark, lines, summary
from bench.memory import memory_marks
from bench.pages import PAGES, page_marks
from bench.reactions import reaction_marks, storm_marks
from bench.reads import read_marks
from bench.rounds import RunFailed
from bench.starts import start_marks
from bench.tags import tag_marks
from bench.tracker_lists import tracker_marks
from bench.tracker_polls import poll_marks
from tests.peers.process import PeerFailed, PeerMissing

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"

Measure = Callable[[Path, int, int, Callable[[str], None]], list[Mark]]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the comparisons.

    Attributes:
        name: its name for `--only`.
        measure: measures its marks.
        count: the amount of work, in the unit of the part.
        quick: the same with `--quick`.
        turns: the number of reports in each round.
        once: the number of reports outside the rounds.
    """

    name: str
    measure: Measure
    count: int
    quick: int
    turns: int
    once: int = 0


PARTS = (
    Part("digests", digest_marks, count=2000, quick=300, turns=3),
    Part("http2", http2_marks, count=1000, quick=300, turns=2),
    Part("entities", entity_marks, count=10_000, quick=10_000, turns=2, once=1),
    Part("commits", commit_marks, count=10_000, quick=10_000, turns=2, once=1),
    Part("reads", read_marks, count=10_000, quick=1000, turns=1, once=1),
    # The count is the number of starts of each command in a round.
    Part("starts", start_marks, count=5, quick=3, turns=4),
    Part("tags", tag_marks, count=50_000, quick=50_000, turns=2),
    Part("tracker", tracker_marks, count=100_000, quick=10_000, turns=0, once=2),
    Part("polls", poll_marks, count=200, quick=200, turns=0, once=1),
    Part("git-tags", git_tag_marks, count=10_000, quick=1000, turns=2),
    # The count is the starts of the service in a round.
    Part("reactions", reaction_marks, count=1, quick=1, turns=1),
    Part("storm", storm_marks, count=5000, quick=900, turns=0, once=1),
    Part("rounds", round_marks, count=10_000, quick=1000, turns=0, once=2),
    Part("memory", memory_marks, count=10_000, quick=1000, turns=0, once=2),
    Part("pages", page_marks, count=10_000, quick=1000, turns=0, once=1 + len(PAGES)),
    # The count is the images of a day.
    Part("github_day", github_day_marks, count=50_000, quick=2000, turns=0, once=2),
    # The count is the seconds in a round.
    Part("cached", cached_marks, count=4, quick=2, turns=2, once=2),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 if a mark could not be measured."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure the performance against named peers, and compare it with goals."
    )
    parser.add_argument(
        "--rounds", type=_positive, default=3, help="runs of each contestant; the median counts (default: 3)"
    )
    parser.add_argument("--quick", action="store_true", help="300 repositories instead of 2,000: less exact and faster")
    parser.add_argument("--only", choices=[part.name for part in PARTS], help="measure only this part")
    options = parser.parse_args(arguments)
    parts = [part for part in PARTS if options.only in {None, part.name}]
    try:
        found = _measured(parts, options.rounds, quick=options.quick)
    except (RunFailed, PeerFailed, PeerMissing, ValueError) as error:
        sys.stderr.write(f"bench: {error}\n")
        return 1
    marks = [mark for measured in found.values() for mark in measured]
    sys.stdout.write("\n".join((*lines(marks), summary(marks))) + "\n")
    if not options.quick:
        before = PAGE.read_text("utf-8") if PAGE.exists() else ""
        PAGE.write_text(page(before, found, datetime.now(UTC).date(), [part.name for part in PARTS]), "utf-8")
    return 0


def _measured(parts: Sequence[Part], rounds: int, *, quick: bool) -> Mapping[str, Sequence[Mark]]:
    found: dict[str, Sequence[Mark]] = {}
    turns = sum(part.turns * rounds + part.once for part in parts)
    # None: no bar unless standard error is a terminal.
    with tqdm(total=turns, disable=None, leave=False, unit="run") as bar:

        def report(name: str) -> None:
            bar.set_description_str(name)
            bar.update()

        for part in parts:
            with tempfile.TemporaryDirectory(prefix="image-factory-bench-") as folder:
                try:
                    count = part.quick if quick else part.count
                    found[part.name] = part.measure(Path(folder), count, rounds, report)
                except PeerMissing as missing:
                    if os.environ.get("CI") == "true":
                        raise
                    sys.stderr.write(f"bench: {part.name} is skipped: {missing}\n")
    return found


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rounds; write 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
