"""The key to sign sessions: from a setting, or generated once and stored in a file."""

import os
import secrets
from pathlib import Path

from provider.auth.callers import SHORTEST_SECRET
from provider.private_files import make_private_folder
from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

_BYTES = 32
_OWNER_ALONE = 0o600


def secret_key(given: Secret | None, path: Path) -> Secret:
    """The given key, or else the key in the file, which is created if it is missing.

    Args:
        given: the value of IMAGE_FACTORY_SECRET_KEY; needed if several machines serve the same people.
        path: the file, readable only by the user that runs the service.

    Raises:
        InvalidSetting: the key in the file is too short, or the file can be neither read nor created.
    """
    if given is not None:
        return given
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="ascii").strip(), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(
            f"cannot store the key for sessions in {path}: {error}; set IMAGE_FACTORY_SECRET_KEY, or make the "
            "folder writable"
        ) from error


def _make(path: Path) -> None:
    """Create the file atomically; if two processes do so at the same time, both use the same key."""
    make_private_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        temporary.unlink()


def _checked(text: str, path: Path) -> Secret:
    if len(text) < SHORTEST_SECRET:
        raise InvalidSetting(
            f"the key for sessions in {path} has fewer than {SHORTEST_SECRET} characters; delete the file, and the "
            "service makes a new one"
        )
    return Secret(text)
