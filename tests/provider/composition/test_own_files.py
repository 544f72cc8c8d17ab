"""The service's own files in its data folder."""

import stat
from pathlib import Path

from provider.composition.own_files import make_own_files_private
from provider.settings import Settings, read_settings

OWN = (
    "image-factory.db",
    "image-factory.db-wal",
    "jobs.db",
    "jobs.db-shm",
    "secret-key",
    "config.lock",
    "config-web.lock",
)
OWN_FOLDERS = ("config", "config.git", "config-state", "config-web", "config-web-state", "jobs.db.claims")


def _settings(folder: Path) -> Settings:
    return read_settings(
        {
            "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder / 'image-factory.db'}",
            "IMAGE_FACTORY_CONFIG_CHECKOUT": str(folder / "config"),
        }
    )


def _fill(folder: Path, *others: str) -> None:
    folder.mkdir()
    for name in (*OWN, *others):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    for name in OWN_FOLDERS:
        (folder / name).mkdir()
        (folder / name).chmod(0o755)
    folder.chmod(0o755)


def _modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}


def test_files_of_an_earlier_version_become_private(tmp_path: Path) -> None:
    """Both databases, the key, the repositories, the locks and the folder itself."""
    _fill(tmp_path / "data")
    make_own_files_private(_settings(tmp_path / "data"))

    assert _modes(tmp_path / "data") == dict.fromkeys(OWN, 0o600) | dict.fromkeys((*OWN_FOLDERS, "data"), 0o700)


def test_a_folder_with_other_files_keeps_its_mode(tmp_path: Path) -> None:
    """The database may be in a folder such as /tmp, and other people's files in it are theirs."""
    _fill(tmp_path / "data", "notes.txt", "image-factory.db.backup")
    make_own_files_private(_settings(tmp_path / "data"))
    modes = _modes(tmp_path / "data")

    assert (modes["data"], modes["notes.txt"], modes["image-factory.db.backup"]) == (0o755, 0o644, 0o644)
    assert modes["jobs.db"] == 0o600


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Nothing happens."""
    make_own_files_private(_settings(tmp_path / "data"))

    assert list(tmp_path.iterdir()) == []
