"""Run mutmut and judge what survived: `python -m tests.mutants [MODULE...]`, from the repository's root.

Exit codes: 0: each survivor is explained; 1: a survivor is not, or an explanation is obsolete; else mutmut's own.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.mutants.report import Mutant, Report, judge, read_change, read_explanations, read_results, table

ACCEPTED = Path(__file__).with_name("accepted.toml")
_NEAREST_TESTS = Path("mutants", "mutmut-stats.json")


def main(modules: Sequence[str]) -> int:
    """Run the mutants of the modules (none named: what has not been run since its function changed) and report."""
    # mutmut adds only new tests to this file, so with it no old test would count for a new function.
    _NEAREST_TESTS.unlink(missing_ok=True)
    ran = subprocess.run([*_mutmut("run"), *(f"{module}.*" for module in modules)], check=False)
    if ran.returncode:
        return ran.returncode
    report = judge(map(_with_change, _results(modules)), read_explanations(ACCEPTED.read_text("utf-8")))
    print(_shown(report))
    return 1 if report.survivors or report.obsolete else 0


def _mutmut(*words: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", *words]


def _output(*words: str) -> str:
    return subprocess.run(_mutmut(*words), check=True, capture_output=True, text=True).stdout


def _results(modules: Sequence[str]) -> list[Mutant]:
    found = read_results(_output("results", "--all", "true"))
    return [mutant for mutant in found if not modules or any(_within(mutant, module) for module in modules)]


def _within(mutant: Mutant, module: str) -> bool:
    return f"{mutant.module}.".startswith(f"{module}.")


def _with_change(mutant: Mutant) -> Mutant:
    if not (mutant.survived or mutant.timed_out):
        return mutant
    return replace(mutant, change=read_change(_output("show", mutant.name)))


def _shown(report: Report) -> str:
    blocks = [table(report)]
    blocks += [
        f"{mutant.name} ({mutant.status})\n" + "\n".join(f"    {line}" for line in mutant.change)
        for mutant in report.survivors
    ]
    blocks += [
        f"{ACCEPTED.name} explains a change of {entry.function} that is no survivor; remove the entry:\n"
        + "\n".join(f"    {line}" for line in entry.change)
        for entry in report.obsolete
    ]
    if report.survivors:
        blocks.append(f"Kill each survivor with a test of behaviour, or explain it in {ACCEPTED}.")
    return "\n\n".join(blocks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
