"""Files and folders for this user alone."""

import os
import stat
from pathlib import Path

import pytest

from provider.private_files import make_private, make_private_folder, private_umask


def mode(path: Path) -> int:
    """The permissions of a path."""
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_every_folder_that_is_made_is_private(tmp_path: Path, umask: int) -> None:
    """Whatever the umask; the folder that was there keeps its mode."""
    tmp_path.chmod(0o755)
    before = os.umask(umask)
    try:
        make_private_folder(tmp_path / "a" / "b" / "c")
        make_private_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)

    assert [mode(tmp_path / path) for path in ("a", "a/b", "a/b/c")] == [0o700] * 3
    assert mode(tmp_path) == 0o755


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    """It names the path."""
    (tmp_path / "file").touch()
    for path in ("file", "file/below"):
        with pytest.raises(OSError, match="file"):
            make_private_folder(tmp_path / path)


def test_files_of_the_block_are_private_and_the_umask_returns(tmp_path: Path) -> None:
    """The umask of before holds again afterwards."""
    before = os.umask(0o022)
    try:
        with private_umask():
            (tmp_path / "inside").touch()
        (tmp_path / "after").touch()
    finally:
        os.umask(before)

    assert (mode(tmp_path / "inside"), mode(tmp_path / "after")) == (0o600, 0o644)


def test_permissions_of_others_are_removed(tmp_path: Path) -> None:
    """Those of the user stay; a symbolic link, what it leads to, and a missing file are left alone."""
    wide, narrow, script, target = (tmp_path / name for name in ("wide", "narrow", "script", "target"))
    for path, permissions in ((wide, 0o664), (narrow, 0o400), (script, 0o755), (target, 0o644)):
        path.touch()
        path.chmod(permissions)
    link = tmp_path / "link"
    link.symlink_to(target)
    make_private((wide, narrow, script, link, tmp_path / "missing"))

    assert [mode(path) for path in (wide, narrow, script, target)] == [0o600, 0o400, 0o700, 0o644]


def test_files_of_another_user_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their mode is theirs to decide."""
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: file.lstat().st_uid + 1)
    make_private((file,))

    assert mode(file) == 0o644
