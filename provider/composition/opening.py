"""Why a command cannot start, in one line: what, where, which setting."""

from alembic.util import CommandError
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provider.errors import ProviderError
from provider.store.engine import migrate, open_engine


class CannotOpen(ProviderError):
    """A command cannot start; the message names the setting."""


def opened_engine(url: str) -> Engine:
    """The database, its tables up to date; the caller disposes of it.

    Raises:
        CannotOpen: the database cannot be opened, or a newer version of this program made it.
    """
    try:
        engine = open_engine(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except CommandError as error:
        raise CannotOpen(
            f"{_place(url)} has tables that this version does not know ({error}); run the newer version"
        ) from error
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise CannotOpen(f"{_place(url)} cannot be opened: {cause_of(error)}") from error
    return engine


def cause_of(error: Exception) -> str:
    """The first line of what the driver or the system said, without SQL, values and addresses of explanations."""
    if isinstance(error, DBAPIError):
        return _first_line(str(error.orig))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _first_line(str(error)) or type(error).__name__


def _place(database_url: str) -> str:
    # A password may stand in the query as well.
    url = make_url(database_url).set(query={}).render_as_string(hide_password=True)
    return f"IMAGE_FACTORY_DATABASE_URL: the database {url}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
