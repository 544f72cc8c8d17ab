"""The command line of the benchmark."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench.marks import Mark
from tests.peers.process import PeerMissing


def there(_folder: Path, _count: int, _rounds: int, _report: Callable[[str], None]) -> list[Mark]:
    """A part whose peer is installed."""
    return [Mark("something", 3, "x something else", 2)]


def missing(_folder: Path, _count: int, _rounds: int, _report: Callable[[str], None]) -> list[Mark]:
    """A part whose peer is not installed."""
    raise PeerMissing("nginx is missing: apt-get install nginx")


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_a_part_without_its_peer_is_named_and_left_out(
    ci: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other parts are measured; in CI it is an error."""
    parts = [bench.Part(name, part, 1, 1, 1) for name, part in (("cached", missing), ("other", there))]
    monkeypatch.setattr(bench, "PARTS", parts)
    monkeypatch.setattr(bench, "PAGE", tmp_path / "benchmarks.md")
    monkeypatch.setenv("CI", ci)

    assert bench.main([]) == status

    printed = capsys.readouterr()
    assert "nginx is missing: apt-get install nginx" in printed.err
    assert ("1 of 1 marks met" in printed.out) is (ci != "true")


def test_the_page_has_the_results_unless_they_are_quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick results are less exact, so they do not replace others."""
    written = tmp_path / "benchmarks.md"
    monkeypatch.setattr(bench, "PARTS", [bench.Part("other", there, 1, 1, 1)])
    monkeypatch.setattr(bench, "PAGE", written)

    assert bench.main(["--quick"]) == 0
    assert not written.exists()
    assert bench.main([]) == 0
    assert "| other | something | 3 x something else | goal 2 | met | 20" in written.read_text("utf-8")
