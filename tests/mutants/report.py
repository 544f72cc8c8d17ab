"""Which mutants the tests noticed, which survivors are explained, and what is left. Pure."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

_RESULT = re.compile(r"^\s*(?P<name>\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)
_MANGLED = re.compile(r"^(?P<module>.+)\.x(?P<function>.+)__mutmut_\d+$")
# mutmut sets the parts of a method's name apart by this letter.
_CLASS_SEPARATOR = "\N{LATIN LETTER LATERAL CLICK}"
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORDS = re.compile(r"[a-z] [a-z]", re.IGNORECASE)
_KILLED = frozenset({"killed", "timeout", "caught by type check"})
_NOT_RUN = frozenset({"not checked", "check was interrupted by user"})


class Verdict(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    WORDING = "wording"
    EXPLAINED = "explained"
    SURVIVED = "survived"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the code.

    Attributes:
        name: mutmut's name of it, for `mutmut show` and `mutmut apply`.
        module: `provider.domain.plan`.
        function: `plan`, or `Ledger.observe`.
        status: mutmut's word for what the tests said.
        change: its diff's lines, `- before` and `+ after`, without indentation; empty where nobody asked for it.
    """

    name: str
    module: str
    function: str
    status: str
    change: tuple[str, ...] = ()

    @property
    def survived(self) -> bool:
        """Whether it ran and no test noticed it."""
        return self.status not in _KILLED | _NOT_RUN

    @property
    def timed_out(self) -> bool:
        """Whether its tests ran out of time. On a busy machine they can do so without noticing anything."""
        return self.status == "timeout"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a survivor may stay: a line of `accepted.toml`.

    Attributes:
        function: module and function, `provider.domain.plan.plan`.
        change: as `Mutant.change`.
        why: for a reader, one line.
    """

    function: str
    change: tuple[str, ...]
    why: str


@dataclass(slots=True)
class Report:
    """All mutants, judged.

    Attributes:
        counts: by module.
        survivors: what is to be killed or explained.
        obsolete: explanations of what is a survivor no more, in functions that were run.
    """

    counts: dict[str, dict[Verdict, int]] = field(default_factory=dict)
    survivors: list[Mutant] = field(default_factory=list)
    obsolete: list[Explanation] = field(default_factory=list)


def read_results(text: str) -> list[Mutant]:
    """The mutants that `mutmut results --all true` lists."""
    found = []
    for match in _RESULT.finditer(text):
        parts = _MANGLED.match(match["name"])
        if parts:
            function = parts["function"].removeprefix("_").strip(_CLASS_SEPARATOR).replace(_CLASS_SEPARATOR, ".")
            found.append(Mutant(match["name"], parts["module"], function, match["status"].strip()))
    return found


def read_change(diff: str) -> tuple[str, ...]:
    """The changed lines of what `mutmut show` prints."""
    lines = [line for line in diff.splitlines() if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]
    return tuple(f"{line[0]} {line[1:].strip()}" for line in lines)


def read_explanations(text: str) -> list[Explanation]:
    """The entries of `accepted.toml`.

    Raises:
        KeyError: an entry lacks `function`, `change` or `why`.
    """
    entries = tomllib.loads(text).get("accepted", [])
    return [
        Explanation(entry["function"], tuple(entry["change"].strip().splitlines()), entry["why"]) for entry in entries
    ]


def judge(mutants: Iterable[Mutant], explanations: Sequence[Explanation]) -> Report:
    """Judge every mutant, and every explanation of a function that was run."""
    report = Report()
    used: set[Explanation] = set()
    run: set[str] = set()
    for mutant in mutants:
        place = f"{mutant.module}.{mutant.function}"
        verdict = _verdict(mutant, place, explanations, used)
        if verdict is not Verdict.NOT_RUN:
            run.add(place)
        counts = report.counts.setdefault(mutant.module, dict.fromkeys(Verdict, 0))
        counts[verdict] += 1
        if verdict is Verdict.SURVIVED:
            report.survivors.append(mutant)
    report.obsolete = [found for found in explanations if found.function in run and found not in used]
    return report


def _verdict(mutant: Mutant, place: str, explanations: Sequence[Explanation], used: set[Explanation]) -> Verdict:
    if mutant.status in _NOT_RUN:
        return Verdict.NOT_RUN
    if mutant.survived or mutant.timed_out:
        for explanation in explanations:
            if (explanation.function, explanation.change) == (place, mutant.change):
                used.add(explanation)
                return Verdict.EXPLAINED
    if not mutant.survived:
        return Verdict.KILLED
    return Verdict.WORDING if _only_words(mutant.change) else Verdict.SURVIVED


def _only_words(change: Sequence[str]) -> bool:
    """Whether nothing but the words of a phrase for people differs: tests assert on words only where they matter."""
    before, after = ([_without_phrases(line[2:]) for line in change if line[0] == sign] for sign in "-+")
    return bool(before) and before == after


def _without_phrases(line: str) -> str:
    """The line with each text literal of several words empty; what stands between two literals is code."""
    return _LITERAL.sub(lambda found: '""' if _WORDS.search(found[0]) else found[0], line)


def table(report: Report) -> str:
    """The counts, a module a line, and their sums."""
    sums = {verdict: sum(counts[verdict] for counts in report.counts.values()) for verdict in Verdict}
    rows = [*sorted(report.counts.items()), ("all", sums)]
    head = f"{'':44}{'mutants':>9}" + "".join(f"{verdict.value:>11}" for verdict in Verdict)
    lines = [
        f"{name:44}{sum(of.values()):>9}" + "".join(f"{of[verdict]:>11}" for verdict in Verdict) for name, of in rows
    ]
    return "\n".join([head, *lines])
