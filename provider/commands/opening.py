"""Opens what a command needs; where that fails, one line says what, where and what would be right."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provider.composition.app import open_worker
from provider.composition.outside import Database, open_database
from provider.errors import ProviderError
from provider.services.worker import Worker
from provider.settings import Settings
from proxy.errors import InvalidSetting


class CannotOpen(ProviderError):
    """A command cannot begin, for the setting that the message names."""


@contextmanager
def opened_database(settings: Settings) -> Iterator[Database]:
    """The database, its tables up to date, for as long as the block runs.

    Raises:
        CannotOpen: the database cannot be opened, or a newer version of this program made it.
    """
    try:
        database = open_database(settings)
    except CommandError as error:
        raise CannotOpen(
            f"{_place(settings)} has tables that this version does not know ({error}); run the newer version"
        ) from error
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise CannotOpen(f"{_place(settings)} cannot be opened: {cause_of(error)}") from error
    try:
        yield database
    finally:
        database.engine.dispose()


@contextmanager
def opened_worker(settings: Settings) -> Iterator[Worker]:
    """The worker, which holds the checkout of the config repository for as long as the block runs.

    Raises:
        CannotOpen: the database or the config repository cannot be opened.
        ProviderError: the same, told by the config repository itself.
        InvalidSetting: another setting; the message names it.
    """
    with ExitStack() as stack:
        # First, so that what is raised below is the config repository's.
        stack.enter_context(opened_database(settings))
        try:
            worker = stack.enter_context(open_worker(settings))
        except InvalidSetting:
            raise
        except (OSError, ValueError) as error:
            raise CannotOpen(
                f"the config repository cannot be opened: {cause_of(error)}; look at "
                f"IMAGE_FACTORY_CONFIG_REPO and IMAGE_FACTORY_CONFIG_CHECKOUT ({settings.config_checkout})"
            ) from error
        yield worker


def cause_of(error: Exception) -> str:
    """The first line of what the driver or the system said, without SQL, values and addresses of explanations."""
    if isinstance(error, DBAPIError):
        return _first_line(str(error.orig))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _first_line(str(error)) or type(error).__name__


def _place(settings: Settings) -> str:
    # A password may stand in the query as well.
    url = make_url(settings.database_url).set(query={}).render_as_string(hide_password=True)
    return f"IMAGE_FACTORY_DATABASE_URL: the database {url}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
