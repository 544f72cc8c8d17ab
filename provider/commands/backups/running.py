"""`image-factory backup` and `image-factory restore`."""

from pathlib import Path

from provider.commands.progress_bar import progress_bar
from provider.composition.backing_up.backup import back_up
from provider.composition.backing_up.restore import restore_backup
from provider.composition.parts import utc_now
from provider.private_files import private_umask
from provider.settings import Settings
from provider.store.backups.archive import BackupManifest


def backup(settings: Settings, file: str) -> int:
    """Write a backup, and print what it has."""
    with private_umask(), progress_bar() as progress:
        manifest = back_up(settings, Path(file), utc_now(), progress)
    print(f"{file}: {_contents(manifest)}")
    if settings.config_repo:
        print("the config repository is not in it: back up its remote")
    return 0


def restore(settings: Settings, file: str, *, replaces: bool) -> int:
    """Restore a backup, and print what was restored and what was moved away."""
    with private_umask(), progress_bar() as progress:
        restored = restore_backup(settings, Path(file), utc_now(), progress, replaces=replaces)
    print(f"restored from {file}, of {restored.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC: {_contents(restored.manifest)}")
    for path in restored.moved:
        print(f"moved away: {path}; remove it when nothing of it is needed")
    if restored.manifest.has_config and not restored.config:
        print(
            "the config repository of the backup was not restored, since IMAGE_FACTORY_CONFIG_REPO is set; "
            f"'unzip {file} config.bundle' gets it as a git bundle"
        )
    print("start the service: its first round makes the list of images again from git")
    return 0


def _contents(manifest: BackupManifest) -> str:
    rows = sum(manifest.rows.values())
    config = ", and the config repository" if manifest.has_config else ""
    return f"{rows:,} rows of {len(manifest.rows)} tables{config}"
