"""Opens the database for a command that answers a question, and prints the answer."""

import sys
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Engine

from provider.commands.questions.printed_list import PrintedList
from provider.commands.readers import nothing_indexed
from provider.composition.reading import engine_to_read
from provider.logs import set_up_logging
from provider.settings import Settings
from provider.store.images import SqlImageIndex
from proxy.secrets.redactor import Redactor

Item = TypeVar("Item")


def answer(settings: Settings, form: str, listing: PrintedList[Item], items: Callable[[Engine], Iterable[Item]]) -> int:
    """Print these items of the database; returns 1 without a database, because an empty list would be an answer."""
    redactor = Redactor(settings.secrets)
    set_up_logging(settings.log_format, redactor)
    with engine_to_read(settings) as engine:
        if engine is None:
            print(nothing_indexed(settings), file=sys.stderr)
            return 1
        if not listing.show(items(engine), form) and form == "text":
            empty = not SqlImageIndex(engine).count_by_status()
            print(nothing_indexed(settings) if empty else f"no {listing.what} found", file=sys.stderr)
        return 0
