"""The report of a soak."""

import json
from pathlib import Path

from soak.checks import CHECKS
from soak.evidence import Evidence
from soak.options import Options
from soak.report import Report
from tests.soak.evidence_samples import good_evidence


def _report(evidence: Evidence) -> Report:
    return Report(Options(), [check(evidence) for check in CHECKS], evidence, (1.5, 2.5))


def test_the_report_says_what_holds(tmp_path: Path) -> None:
    """It has the options, the load, a row for each check and each fault, and the answers of each page."""
    report = _report(good_evidence())

    page = report.write(tmp_path)

    text = page.read_text()
    assert report.holds
    assert text.startswith(
        "# Soak: every check holds\n\nSECONDS=1200 SEED=1 IMAGES=2000 BASES=300 READERS=30; load 1.5"
    )
    assert "| no rebuild id is dispatched twice | holds | 2 dispatches |" in text
    assert "| kill postgresql | 100 s | 110 s |" in text
    assert "| /images | 60 answers: p50 100 ms, p99 100 ms, longest 100 ms |" in text


def test_a_failed_check_is_in_the_report(tmp_path: Path) -> None:
    """The heading and the row say so, and the file for programs has every fault."""
    evidence = good_evidence()
    evidence.dispatches.append(evidence.dispatches[0])
    report = _report(evidence)

    page = report.write(tmp_path)

    assert not report.holds
    assert page.read_text().startswith("# Soak: FAILED\n")
    checks = {check["name"]: check for check in json.loads(page.with_suffix(".json").read_text())["checks"]}
    assert checks["no rebuild id is dispatched twice"]["faults"] == ["r1 was dispatched 2 times"]
