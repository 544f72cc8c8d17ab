"""The name of the setting that names the registry auth file, for problems of a file that is not there."""

from collections.abc import Mapping
from pathlib import Path

from provider.settings.parsing import path_below

_DEFAULT = "~/.docker/config.json"


def naming_setting(file: Path, environ: Mapping[str, str]) -> str | None:
    """The setting; None for the default file, which need not exist."""
    default = path_below(environ.get("HOME") or "/")(_DEFAULT)
    return None if file == default else "IMAGE_FACTORY_REGISTRY_AUTH_FILE"
