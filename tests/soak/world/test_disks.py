"""A small disk that is filled."""

from pathlib import Path

import pytest

from soak.world.disks import SmallDisk


def test_a_full_disk_takes_nothing_until_it_is_freed(tmp_path: Path) -> None:
    """Where a tmpfs can be mounted, nothing more can be written after it was filled."""
    with SmallDisk(tmp_path / "small", megabytes=2) as disk:
        if disk.why_not:
            pytest.skip(disk.why_not)
        assert disk.fill() >= 1
        with pytest.raises(OSError, match="No space left on device"):
            (disk.folder / "more").write_bytes(b"0" * 10_000)

        disk.free()

        (disk.folder / "more").write_bytes(b"0" * 10_000)
    assert list((tmp_path / "small").iterdir()) == []


def test_without_permission_the_folder_is_an_ordinary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is kept for the report."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with SmallDisk(tmp_path / "small", megabytes=2) as disk:
        assert disk.folder.is_dir()
        assert disk.why_not.startswith("mount: ")
