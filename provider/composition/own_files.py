"""The files of the service in its data folder: which they are, and that nobody else may read them."""

from pathlib import Path

from sqlalchemy import make_url

from provider.auth.secret_key import secret_key
from provider.composition.config_checkout import web_checkout
from provider.config_repo.repository.opening import bare_beside
from provider.jobs.process_locks import jobs_url
from provider.private_files import make_private
from provider.settings import Settings
from proxy.secrets.secret import Secret

_OF_SQLITE = ("", "-wal", "-shm", "-journal")


def data_folder(settings: Settings) -> Path:
    """The folder of the SQLite database; with another database, `data`."""
    return (_file_of(settings.database_url) or Path("data", "none")).parent


def session_key_file(settings: Settings) -> Path:
    """The file of the key that signs sessions."""
    return data_folder(settings) / "secret-key"


def make_own_files_private(settings: Settings) -> None:
    """Correct the modes of the service's own files, such as those that an earlier version made for everybody.

    The data folder itself is only corrected if it has nothing else: it may be a folder such as /tmp.
    """
    own = _own_files(settings)
    make_private(own)
    folder = data_folder(settings)
    if folder.is_dir() and {entry.absolute() for entry in folder.iterdir()} <= {path.absolute() for path in own}:
        make_private((folder,))


def _own_files(settings: Settings) -> tuple[Path, ...]:
    databases = filter(None, map(_file_of, (settings.database_url, jobs_url(settings.database_url))))
    beside = tuple(file.with_name(f"{file.name}{end}") for file in databases for end in (*_OF_SQLITE, ".claims"))
    checkout = settings.config_checkout
    bare = () if settings.config_repo else (bare_beside(checkout),)
    ends = ("", "-state", ".lock")
    checkouts = [one.with_name(f"{one.name}{end}") for one in (checkout, web_checkout(settings)) for end in ends]
    return (*beside, session_key_file(settings), *checkouts, *bare)


def _file_of(database_url: str) -> Path | None:
    url = make_url(database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def session_key(settings: Settings) -> Secret:
    """The key that signs browser sessions: from the settings, or generated once and stored beside the database.

    Raises:
        InvalidSetting: it is too short, or cannot be stored.
    """
    return secret_key(settings.secret_key, session_key_file(settings))
