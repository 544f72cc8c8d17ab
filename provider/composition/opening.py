"""Opens the database, and reports in one line why a command cannot start: what, where, which setting."""

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from provider.errors import NewerDatabase, ProviderError
from provider.store.engine import migrate, open_engine


class CannotOpen(ProviderError):
    """A command cannot start; the message names the setting."""


def opened_engine(url: str) -> Engine:
    """Open the database and upgrade its tables; the caller disposes of the engine.

    Raises:
        CannotOpen: the database cannot be opened, or a newer version of this program upgraded it.
    """
    try:
        engine = open_engine(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except NewerDatabase as error:
        raise CannotOpen(
            f"{place_of(url)} was upgraded by a newer version of this program ({error}); run that version"
        ) from error
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise CannotOpen(f"{place_of(url)} cannot be opened: {cause_of(error)}") from error
    return engine


def cause_of(error: Exception) -> str:
    """The first line of the error of the driver or the system, without SQL, values and links."""
    if isinstance(error, DBAPIError):
        return _first_line(str(error.orig))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return _first_line(str(error)) or type(error).__name__


def place_of(database_url: str) -> str:
    """The setting and the address of the database, for messages, without a password."""
    # The query may contain a password too.
    url = make_url(database_url).set(query={}).render_as_string(hide_password=True)
    return f"IMAGE_FACTORY_DATABASE_URL: the database {url}"


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
