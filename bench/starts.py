"""The start of a command: its processor time, compared with Python importing argparse and PyYAML."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.marks import Mark
from bench.registry_peer import ROOT
from bench.rounds import Cost, cpu_share, in_turn, measured_process, typical

_PEER = "import argparse, yaml"


@dataclass(frozen=True, slots=True)
class Start:
    """One command.

    Attributes:
        name: the name of the mark.
        arguments: the arguments of `image-factory`.
        seconds: the highest good processor time, user and system.
        share: the same, as a multiple of the peer's processor time.
    """

    name: str
    arguments: Sequence[str]
    seconds: float
    share: float


def start_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Start each command this number of times in a round; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: a command ended with another status than 0.
    """
    starts = _starts(folder)
    programs = {_PEER: ["-c", _PEER]} | {start.name: ["-m", "provider", *start.arguments] for start in starts}
    for program in programs.values():
        _started(program, _environment(folder))
    contestants = {name: partial(_repeated, program, folder, count) for name, program in programs.items()}
    costs = {name: typical(each) for name, each in in_turn(contestants, rounds, report).items()}
    return [
        mark
        for start in starts
        for mark in (
            Mark(start.name, costs[start.name].cpu, "s of CPU", start.seconds, at_most=True),
            Mark(
                f"{start.name}, CPU",
                cpu_share(costs[_PEER], costs[start.name]),
                f"x python -c '{_PEER}'",
                start.share,
                at_most=True,
            ),
        )
    ]


def _starts(folder: Path) -> list[Start]:
    dockerfile, checkout = folder / "Dockerfile", folder / "checkout"
    dockerfile.write_text("FROM node:22 AS build\nFROM cgr.dev/acme/static:1\n", encoding="utf-8")
    checkout.mkdir(exist_ok=True)
    entry = "- name: portal\n  registry: ghcr.io\n  repository: acme/portal\n"
    (checkout / "images.yaml").write_text(entry, encoding="utf-8")
    return [
        Start("start of --help", ["--help"], seconds=0.25, share=3),
        Start("start of discover", ["discover", str(dockerfile)], seconds=0.4, share=5),
        Start("start of validate", ["validate", str(checkout)], seconds=0.4, share=8),
    ]


def _repeated(program: Sequence[str], folder: Path, count: int) -> Cost:
    """The typical cost of one start."""
    return typical(_started(program, _environment(folder)) for _ in range(count))


def _started(program: Sequence[str], environment: Mapping[str, str]) -> Cost:
    return measured_process([sys.executable, *program], environment, ROOT)


def _environment(folder: Path) -> dict[str, str]:
    """The first start compiles the modules, like the installation of a package."""
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
