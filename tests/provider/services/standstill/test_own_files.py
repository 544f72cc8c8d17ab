"""Tests of the files that a worker keeps open."""

from pathlib import Path

from provider.services.standstill.own_files import OwnFiles


def test_a_removed_and_a_replaced_file_are_found(tmp_path: Path) -> None:
    """One that is back at its place is the same again; another file of its name is not."""
    file, away = tmp_path / "jobs.db", tmp_path / "away"
    file.touch()
    (tmp_path / "checkout").mkdir()
    files = OwnFiles([file, tmp_path / "checkout"])
    assert files.gone() is None

    file.rename(away)
    assert files.gone() == f"{file} was removed while the worker was running"
    file.touch()
    assert files.gone() == f"{file} was replaced by another one while the worker was running"
    away.replace(file)
    assert files.gone() is None
    (tmp_path / "checkout").rmdir()
    assert files.gone() == f"{tmp_path / 'checkout'} was removed while the worker was running"
