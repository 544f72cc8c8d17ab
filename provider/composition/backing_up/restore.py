"""Restores a backup while no service runs: the database and the config repository together, or neither."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from provider.composition.backing_up.config_bundle import (
    Move,
    locked_checkouts,
    only_copy,
    put_back,
    put_into_place,
    unpacked,
)
from provider.composition.opening import CannotOpen, cause_of, place_of
from provider.errors import ProviderError
from provider.services.progress import Progress
from provider.settings import Settings
from provider.store.backups.alone import alone
from provider.store.backups.archive import CONFIG_BUNDLE, BackupManifest, BackupReader, NotABackup, verified_backup
from provider.store.backups.restoring import check_revision, records_in, restore


class NotEmpty(ProviderError):
    """Something would be replaced, and the caller did not agree to it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes:
        manifest: of the backup.
        moved: what was in the place of the config repository and its clones, where it is now.
        config: the config repository was restored.
    """

    manifest: BackupManifest
    moved: Sequence[Path]
    config: bool


def restore_backup(settings: Settings, file: Path, now: datetime, progress: Progress, *, replaces: bool) -> Restored:
    """Restore a backup.

    Args:
        settings: name the database and the checkout.
        file: the backup.
        now: for the names of what is moved away.
        progress: shows it.
        replaces: what is there may be replaced.

    Raises:
        NotEmpty, DatabaseInUse, NotABackup, ProviderError: nothing was changed.
    """
    try:
        with ExitStack() as ends:
            reader = ends.enter_context(verified_backup(file))
            check_revision(reader)
            ends.enter_context(locked_checkouts(settings))
            made = None
            if reader.manifest.has_config and not settings.config_repo:
                made = ends.enter_context(_config_of(settings, reader))
            moves: list[Move] = []
            # It is entered before the transaction, so that it ends after the commit.
            ends.enter_context(_undone_after_an_error(moves))
            connection = ends.enter_context(alone(settings.database_url))
            if not replaces:
                _refuse_to_replace(settings, connection, config=made is not None)
            restore(connection, reader, progress)
            if made:
                put_into_place(settings, made, now, moves)
            return Restored(reader.manifest, [target for _, target in moves[:-1]], config=made is not None)
    except (SQLAlchemyError, ImportError) as error:
        raise CannotOpen(
            f"{place_of(settings.database_url)} cannot be restored: {cause_of(error)}; nothing was changed"
        ) from error
    except ValueError as error:
        raise NotABackup(f"{file} cannot be restored: {error}; nothing was changed") from error
    except OSError as error:
        raise CannotOpen(f"the backup cannot be restored: {cause_of(error)}; nothing was changed") from error


def _refuse_to_replace(settings: Settings, connection: Connection, *, config: bool) -> None:
    if records := records_in(connection):
        raise NotEmpty(
            f"{place_of(settings.database_url)} has {records} records, which a restore removes; "
            "repeat the command with --yes to replace them"
        )
    if config and (bare := only_copy(settings)):
        raise NotEmpty(f"{bare} has commits; repeat the command with --yes to move it away and restore the backup's")


@contextmanager
def _config_of(settings: Settings, reader: BackupReader) -> Iterator[Path]:
    """The config repository of the backup, beside its place."""
    with TemporaryDirectory(prefix="image-factory-restore-") as folder:
        bundle = Path(folder, CONFIG_BUNDLE)
        reader.config_bundle(bundle)
        with unpacked(settings, bundle) as made:
            yield made


@contextmanager
def _undone_after_an_error(moves: Sequence[Move]) -> Iterator[None]:
    """An error in the block puts everything back that was moved."""
    try:
        yield
    except BaseException:
        put_back(moves)
        raise
