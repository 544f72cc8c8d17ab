"""The parts of a command's process, with a log that hides every secret that the command can use."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from provider.composition.observing.tracing import begin_tracing
from provider.composition.parts import Parts
from provider.observing.logs import set_up_logging
from provider.settings import Settings


@contextmanager
def logged_parts(settings: Settings, least: int = logging.INFO) -> Iterator[Parts]:
    """Set up the log and traces, and open the parts for the block.

    The credentials of the registry auth file are hidden too.

    Args:
        settings: of the process.
        least: the level below which nothing is logged: a command that prints its result logs only what is wrong.

    Raises:
        InvalidSetting: the registry auth file cannot be read.
    """
    with Parts.open(settings) as parts:
        set_up_logging(settings.log_format, parts.redactor, least)
        end_tracing = begin_tracing(settings)
        try:
            yield parts
        finally:
            end_tracing()
