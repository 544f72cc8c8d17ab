"""`image-factory backup` and `restore` with the files of an installation."""

import shutil
import subprocess
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.composition.config_checkout import opened_repository
from provider.composition.parts import Parts, utc_now
from provider.operation_ports import AuditRecord
from provider.settings import Settings, read_settings
from provider.store.operations.audit import SqlAuditLog


@pytest.fixture(name="place")
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation without settings."""
    for name in ("DATABASE_URL", "CONFIG_REPO", "CONFIG_CHECKOUT", "STATE_BRANCH"):
        monkeypatch.delenv(f"IMAGE_FACTORY_{name}", raising=False)
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def use(**others: str) -> Settings:
    """Work a little: a commit in the config repository, and a record in the audit."""
    settings = read_settings({f"IMAGE_FACTORY_{name}": value for name, value in others.items()})
    with Parts.open(settings) as parts:
        SqlAuditLog(parts.engine).note(AuditRecord(utc_now(), "ci", "check", "portal", "done", "why", None))
        repository = opened_repository(parts, settings.config_checkout)
        repository.close()
    return settings


def commits(bare: Path) -> str:
    """The newest commit of each branch."""
    return subprocess.run(
        ["git", "-C", bare, "for-each-ref"], check=True, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    ).stdout


def audited(capsys: pytest.CaptureFixture[str]) -> str:
    """The audit as the command line prints it."""
    capsys.readouterr()
    assert main(["audit", "--format", "csv"]) == 0
    return capsys.readouterr().out


def test_an_installation_is_restored_where_nothing_is(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its audit and its config repository are there, and the service goes on with them."""
    use()
    before, refs = audited(capsys), commits(place / "data/config.git")
    assert main(["backup", "backup.zip"]) == 0
    assert "and the config repository" in capsys.readouterr().out
    shutil.rmtree(place / "data")

    assert main(["restore", "backup.zip"]) == 0
    assert (audited(capsys), commits(place / "data/config.git")) == (before, refs)
    assert "portal" in before
    assert "refs/heads/main" in refs
    use()
    assert commits(place / "data/config.git") == refs
    left = {path.name for path in (place / "data").iterdir()}
    assert not [name for name in left if name.startswith(".") or "before" in name]
    assert (place / "data/config.git").stat().st_mode & 0o077 == 0


def test_nothing_is_replaced_without_yes(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With it, the former config repository and its clones are moved beside it."""
    use()
    assert main(["backup", "backup.zip"]) == 0
    saved = audited(capsys)
    use()
    now = audited(capsys)
    assert main(["restore", "backup.zip"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert audited(capsys) == now
    assert main(["restore", "backup.zip", "--yes"]) == 0
    printed = capsys.readouterr().out
    assert "moved away: " in printed
    assert "config.git.before-" in printed
    assert audited(capsys) == saved != now
    use()


def test_a_config_repository_alone_is_not_replaced_either(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The database may be lost and the repository not."""
    use()
    assert main(["backup", "backup.zip"]) == 0
    for file in (place / "data").glob("image-factory.db*"):
        file.unlink()
    refs = commits(place / "data/config.git")
    assert main(["restore", "backup.zip"]) == 1
    assert "config.git has commits" in capsys.readouterr().err
    assert commits(place / "data/config.git") == refs


def test_a_running_service_is_not_disturbed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A backup works beside it, and a restore refuses, also where only the checkout or only the database is in use."""
    settings = use()
    with Parts.open(settings) as parts:
        log = SqlAuditLog(parts.engine)
        log.note(AuditRecord(utc_now(), "ci", "check", "running", "done", "why", None))
        assert main(["backup", "backup.zip"]) == 0
        assert main(["restore", "backup.zip", "--yes"]) == 1
        assert "the database is in use" in capsys.readouterr().err
        # Its log is not removed under it.
        log.note(AuditRecord(utc_now(), "ci", "check", "later", "done", "why", None))
        assert "later" in audited(capsys)
    with Parts.open(settings) as parts:
        repository = opened_repository(parts, settings.config_checkout)
        try:
            assert main(["restore", "backup.zip", "--yes"]) == 1
            assert "Stop every 'image-factory serve'" in capsys.readouterr().err
        finally:
            repository.close()
    assert (place / "data/config.git/HEAD").is_file()
    assert main(["restore", "backup.zip", "--yes"]) == 0


def test_a_remote_config_repository_is_not_in_the_backup(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says that its remote is to be backed up; a restore beside a remote leaves the repository out."""
    use()
    assert main(["backup", "with.zip"]) == 0
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", "https://git.example.org/acme/images.git")
    assert main(["backup", "without.zip"]) == 0
    assert "back up its remote" in capsys.readouterr().out
    refs = commits(place / "data/config.git")
    assert main(["restore", "with.zip", "--yes"]) == 0
    assert "IMAGE_FACTORY_CONFIG_REPO is set" in capsys.readouterr().out
    assert commits(place / "data/config.git") == refs


def test_an_error_leaves_the_config_repository_in_its_place(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the last move fails, everything is back, and the database is unchanged."""
    use()
    assert main(["backup", "backup.zip"]) == 0
    use()
    now, refs = audited(capsys), commits(place / "data/config.git")
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target.name == "config.git" and "before" not in self.name:
            raise OSError(28, "No space left on device", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert main(["restore", "backup.zip", "--yes"]) == 1
    assert "No space left on device; nothing was changed" in capsys.readouterr().err
    assert (audited(capsys), commits(place / "data/config.git")) == (now, refs)


@pytest.mark.parametrize("name", ["missing.zip", ".", "no/folder.zip"])
def test_a_file_that_cannot_be_read_or_written_is_named(
    name: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line."""
    use()
    assert main(["restore", name]) == 1
    assert "nothing was changed" in capsys.readouterr().err
    if name != "missing.zip":
        assert main(["backup", name]) == 1
        assert "the backup cannot be written" in capsys.readouterr().err
    assert main(["restore", str(place / "data/image-factory.db")]) == 1
    assert "is no backup" in capsys.readouterr().err


def test_a_backup_without_a_database_says_where_it_was_looked_for(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is made."""
    assert main(["backup", "backup.zip"]) == 1
    assert f"there is no database at {place}" in capsys.readouterr().err
    assert list(place.iterdir()) == []
