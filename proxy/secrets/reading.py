"""Reads a secret from a variable, or from the file that a variable names."""

from collections.abc import Mapping
from pathlib import Path

from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret


def read_secret(environ: Mapping[str, str], name: str) -> Secret | None:
    """The secret in the variable `name`, or in the file that `name`_FILE names (without its last line break).

    Raises:
        InvalidSetting: both are set, or the file is empty or cannot be read.
    """
    value, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and path:
        raise InvalidSetting(f"{name} and {name}_FILE are both set; set one of them")
    if not path:
        return Secret(value) if value else None
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise InvalidSetting(f"{name}_FILE: {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InvalidSetting(f"{name}_FILE: {path} is not text in UTF-8") from None
    if not text:
        raise InvalidSetting(f"{name}_FILE: {path} is empty")
    return Secret(text)
