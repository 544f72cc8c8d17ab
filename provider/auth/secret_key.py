"""The key that sessions are signed with: given by a setting, or made once and kept in a file."""

import os
import secrets
from pathlib import Path

from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

_BYTES = 32
_OWNER_ALONE = 0o600
_SHORTEST = 16


def secret_key(given: Secret | None, path: Path) -> Secret:
    """The key that was given, or the one in the file, which is made where there is none.

    Args:
        given: by IMAGE_FACTORY_SECRET_KEY; needed where several machines serve the same people.
        path: of the file; whoever runs the service can read it, nobody else.

    Raises:
        InvalidSetting: the key is too short, or the file can be neither read nor made.
    """
    if given is not None:
        return _checked(given.reveal(), "IMAGE_FACTORY_SECRET_KEY")
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="ascii").strip(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSetting(
            f"the key for sessions cannot be kept in {path}: {error}; set IMAGE_FACTORY_SECRET_KEY, or make the "
            "folder writable"
        ) from error


def _make(path: Path) -> None:
    """Whole or not at all; of two processes that make it at once both end up with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(mine, path)
        except FileExistsError:
            return
    finally:
        mine.unlink()


def _checked(text: str, where: str) -> Secret:
    if len(text) < _SHORTEST:
        raise InvalidSetting(f"{where} is too short to sign with; use at least {_SHORTEST} random characters")
    return Secret(text)
