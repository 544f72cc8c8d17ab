"""Files are written whole or not at all."""

import errno
from pathlib import Path

import pytest

from provider.config_repo.repository.writing import write_texts, write_whole
from provider.errors import CheckoutUnwritable


def test_texts_are_written_and_removed(tmp_path: Path) -> None:
    """New folders are made, None removes, and nothing else is left behind."""
    (tmp_path / "old").write_text("1")

    write_texts(tmp_path, {"state/images/a.yaml": "ä\r\n", "old": None, "never": None}, write_whole)

    assert (tmp_path / "state/images/a.yaml").read_bytes() == "ä\r\n".encode()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.yaml"]


def test_bytes_that_are_no_utf8_survive(tmp_path: Path) -> None:
    """A text read with surrogate escapes is written as the bytes it came from."""
    write_texts(tmp_path, {"a": b"\xff\xfe".decode("utf-8", "surrogateescape")}, write_whole)

    assert (tmp_path / "a").read_bytes() == b"\xff\xfe"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last step fails the file is as it was and no partial file stays."""
    (tmp_path / "a").write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a", b"new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_an_error_of_the_system_names_the_file(tmp_path: Path) -> None:
    """A file where a folder should be is told as what it is."""
    (tmp_path / "state").write_text("no folder")

    with pytest.raises(CheckoutUnwritable, match=r"state/a\.yaml could not be written"):
        write_texts(tmp_path, {"state/a.yaml": "1"}, write_whole)
