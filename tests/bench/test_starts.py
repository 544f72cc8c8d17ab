"""The marks of the start of a command."""

from pathlib import Path

from bench.starts import start_marks


def test_each_command_has_a_mark_in_seconds_and_one_against_the_peer(tmp_path: Path) -> None:
    """The commands are run; every contestant is reported once in a round."""
    report: list[str] = []

    marks = start_marks(tmp_path, count=1, rounds=1, report=report.append)

    commands = ["start of --help", "start of discover", "start of validate"]
    peer = "import argparse, yaml"
    assert report == [peer, *commands]
    assert [(mark.name, mark.unit) for mark in marks] == [
        row for command in commands for row in ((command, "s of CPU"), (f"{command}, CPU", f"x python -c '{peer}'"))
    ]
    assert all(mark.value > 0 and mark.at_most for mark in marks)
