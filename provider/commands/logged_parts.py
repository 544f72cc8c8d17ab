"""The parts of a command's process, with a log that hides every secret that the command can use."""

from collections.abc import Iterator
from contextlib import contextmanager

from provider.composition.parts import Parts
from provider.logs import set_up_logging
from provider.settings import Settings
from proxy.secrets.redactor import Redactor


@contextmanager
def logged_parts(settings: Settings, *, credentials: bool) -> Iterator[Parts]:
    """Set up the log, and open the parts for the block.

    Args:
        settings: of the service.
        credentials: the command uses credentials, so those of the registry auth file are hidden too. False: the
            command only reads the database, and works without a usable auth file.

    Raises:
        InvalidSetting: the registry auth file cannot be read.
    """
    with Parts.open(settings) as parts:
        set_up_logging(settings.log_format, parts.redactor if credentials else Redactor(settings.secrets))
        yield parts
