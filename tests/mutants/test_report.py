"""How surviving mutants are judged."""

import pytest

from tests.mutants.report import (
    Explanation,
    Mutant,
    Verdict,
    judge,
    read_change,
    read_explanations,
    read_results,
    table,
)

PLACE = "provider.domain.ledger.Ledger.observe"
CHANGE = ("- first = 1", "+ first = 2")
DIFF = """# provider.domain.ledger.xǁLedgerǁobserve__mutmut_2: survived
--- provider/domain/ledger.py
+++ provider/domain/ledger.py
@@ -3,7 +3,7 @@
     now = max(now, then)
-        first = 1
+        first = 2
     return first
"""


def mutant(status: str = "survived", change: tuple[str, ...] = CHANGE) -> Mutant:
    """A mutant of Ledger.observe."""
    return Mutant("n", "provider.domain.ledger", "Ledger.observe", status, change)


def test_results_name_module_function_and_status() -> None:
    """Of functions, private functions and methods; other lines are no results."""
    text = """Progress: all of it
    provider.domain.plan.x_plan__mutmut_1: killed
    provider.domain.plan.x__chosen__mutmut_12: no tests
    provider.domain.ledger.xǁLedgerǁobserve__mutmut_2: survived
"""

    assert [(found.module, found.function, found.status) for found in read_results(text)] == [
        ("provider.domain.plan", "plan", "killed"),
        ("provider.domain.plan", "_chosen", "no tests"),
        ("provider.domain.ledger", "Ledger.observe", "survived"),
    ]


def test_a_change_is_its_lines_without_their_place() -> None:
    """So an explanation outlives what is written above it."""
    assert read_change(DIFF) == CHANGE


def test_a_survivor_without_an_explanation_is_left() -> None:
    """And so is a mutant that no test runs."""
    for status in ("survived", "no tests", "suspicious"):
        assert judge([mutant(status)], []).survivors == [mutant(status)]


def test_an_explanation_is_for_one_change_in_one_function() -> None:
    """The same change elsewhere, and another change there, stay survivors."""
    known = read_explanations(f"""
[[accepted]]
function = "{PLACE}"
change = \"\"\"
- first = 1
+ first = 2
\"\"\"
why = "Nothing depends on it."
""")
    assert known == [Explanation(PLACE, CHANGE, "Nothing depends on it.")]

    other = mutant(change=("- first = 1", "+ first = None"))
    elsewhere = Mutant("n", "provider.domain.ledger", "other", "survived", CHANGE)
    report = judge([mutant(), other, elsewhere], known)
    assert report.survivors == [other, elsewhere]
    assert report.counts["provider.domain.ledger"][Verdict.EXPLAINED] == 1
    assert report.obsolete == []


def test_an_explanation_of_what_is_killed_is_obsolete() -> None:
    """Where the function was not run, nothing is known."""
    known = [Explanation(PLACE, CHANGE, "why")]

    assert judge([mutant("killed")], known).obsolete == known
    assert judge([mutant("not checked")], known).obsolete == []


def test_an_explanation_of_what_ran_out_of_time_stays() -> None:
    """A busy machine stops mutants that no test would notice; without an explanation it counts as noticed."""
    known = [Explanation(PLACE, CHANGE, "why")]

    report = judge([mutant("timeout")], known)
    assert report.obsolete == []
    assert report.counts["provider.domain.ledger"][Verdict.EXPLAINED] == 1
    assert judge([mutant("timeout")], []).counts["provider.domain.ledger"][Verdict.KILLED] == 1


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (('- raise Bad("no such tag")', '+ raise Bad("XXno such tagXX")'), Verdict.WORDING),
        (('- raise Bad("no such tag")', '+ raise Bad("NO SUCH TAG")'), Verdict.WORDING),
        (('- raise Bad("no such tag")', "+ raise Bad(None)"), Verdict.SURVIVED),
        (('- kind = "tag"', '+ kind = "TAG"'), Verdict.SURVIVED),
        (("+ return",), Verdict.SURVIVED),
        (('- f"a b {x}" if source else ""', '+ f"a b {x}" if source or True else ""'), Verdict.SURVIVED),
        (('- f"on {x} of b" if source else ""', '+ f"XXon {x} of bXX" if source else ""'), Verdict.WORDING),
    ],
)
def test_only_the_words_of_a_phrase_may_differ(change: tuple[str, ...], verdict: Verdict) -> None:
    """A message that vanishes and a word that means something to a program may not."""
    assert judge([mutant(change=change)], []).counts["provider.domain.ledger"][verdict] == 1


def test_the_table_has_a_line_for_each_module_and_one_for_all() -> None:
    """With each verdict's count."""
    report = judge([mutant("timeout"), mutant(), Mutant("n", "catalog.names", "slug", "not checked")], [])

    assert [line.split() for line in table(report).splitlines()] == [
        ["mutants", "killed", "wording", "explained", "survived", "not", "run"],
        ["catalog.names", "1", "0", "0", "0", "0", "1"],
        ["provider.domain.ledger", "2", "1", "0", "0", "1", "0"],
        ["all", "3", "1", "0", "0", "1", "1"],
    ]
