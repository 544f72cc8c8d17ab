"""The index for commands that only read: they create nothing, change nothing, and disturb no running service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import assert_never

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from provider.composition.opening import CannotOpen, cause_of, place_of
from provider.settings import Settings
from provider.store.images import SqlImageIndex
from provider.store.reading import Revision, missing_file, open_for_reading, revision_of


@contextmanager
def index_to_read(settings: Settings) -> Iterator[SqlImageIndex | None]:
    """The index of images; None if there is no database yet.

    Raises:
        CannotOpen: as `engine_to_read`.
    """
    with engine_to_read(settings) as engine:
        yield SqlImageIndex(engine) if engine else None


@contextmanager
def engine_to_read(settings: Settings) -> Iterator[Engine | None]:
    """The database, which cannot be written; None if there is none yet, or it is empty.

    Raises:
        CannotOpen: the database cannot be opened, or another version of this program made it.
    """
    url = settings.database_url
    try:
        engine = open_for_reading(url)
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise CannotOpen(f"{place_of(url)} cannot be opened: {cause_of(error)}") from error
    if engine is None:
        yield None
        return
    try:
        yield engine if _is_readable(engine, url) else None
    finally:
        engine.dispose()


def where_no_database_is(settings: Settings) -> str | None:
    """Says that the file of the database does not exist, where it was looked for, and what to do; None if it exists."""
    try:
        file = missing_file(make_url(settings.database_url))
    except OSError:
        # Whatever opens it says why it cannot be reached.
        return None
    if file is None:
        return None
    return (
        f"there is no database at {file}: use the folder in which the service runs, or its IMAGE_FACTORY_DATABASE_URL. "
        "To begin here, enroll an image in images.yaml of the config repository, "
        "then run 'image-factory check' or 'image-factory serve'"
    )


def _is_readable(engine: Engine, url: str) -> bool:
    try:
        revision = revision_of(engine)
    except SQLAlchemyError as error:
        raise CannotOpen(f"{place_of(url)} cannot be opened: {cause_of(error)}") from error
    match revision:
        case Revision.NONE:
            return False
        case Revision.CURRENT:
            return True
        case Revision.OLDER:
            raise CannotOpen(
                f"{place_of(url)} was made by an older version of this program; start the service, or run "
                "'image-factory check', to upgrade it"
            )
        case Revision.NEWER:
            raise CannotOpen(f"{place_of(url)} was upgraded by a newer version of this program; run that version")
        case unreachable:
            assert_never(unreachable)
