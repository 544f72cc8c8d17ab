"""Makes a backup while the service runs."""

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from provider.composition.backing_up.config_bundle import bundle_of, only_copy
from provider.composition.opening import CannotOpen, cause_of, place_of
from provider.composition.reading import where_no_database_is
from provider.services.progress import Progress
from provider.settings import Settings
from provider.store.backups.archive import BackupManifest, written_backup
from provider.store.backups.saving import save
from provider.store.reading import open_for_reading


class NoBackup(CannotOpen):
    """The backup cannot be made; an earlier file of its name stays."""


def back_up(settings: Settings, file: Path, now: datetime, progress: Progress) -> BackupManifest:
    """Write the backup; the file appears when it is complete.

    Raises:
        NoBackup, ProviderError: the database, the config repository or the file cannot be used.
    """
    url = settings.database_url
    try:
        engine = open_for_reading(url)
        if engine is None:
            raise NoBackup(where_no_database_is(settings) or f"{place_of(url)} does not exist")
        with ExitStack() as ends:
            ends.callback(engine.dispose)
            writer = ends.enter_context(written_backup(file))
            # The repository comes first: whatever the database then knows of a later commit, git decides again.
            if bare := only_copy(settings):
                progress("Saving the config repository", 0)
                writer.config_bundle(ends.enter_context(bundle_of(bare, file)))
            return save(engine, writer, now, progress)
    except (SQLAlchemyError, ValueError, ImportError) as error:
        raise NoBackup(f"{place_of(url)} cannot be read: {cause_of(error)}") from error
    except OSError as error:
        raise NoBackup(f"the backup cannot be written: {cause_of(error)}") from error
