"""Opens the database for a command that answers a question, and prints the answer."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine

from provider.commands.questions.printed_list import PrintedList
from provider.commands.readers import nothing_indexed
from provider.composition.reading import engine_to_read
from provider.observing.logs import set_up_logging
from provider.settings import Settings
from provider.store.images import SqlImageIndex
from proxy.secrets.redactor import Redactor

Item = TypeVar("Item")


def answer(settings: Settings, form: str, shown: PrintedList[Item], items: Callable[[Engine], Iterable[Item]]) -> int:
    """Print these items of the database; returns 1 without a database, because an empty list would be an answer."""
    with opened(settings) as engine:
        if engine is None:
            return 1
        if not shown.show(items(engine), form) and form == "text":
            empty = not SqlImageIndex(engine).count_by_status()
            print(nothing_indexed(settings) if empty else f"no {shown.what} found", file=sys.stderr)
        return 0


def answer_one(
    settings: Settings,
    form: str,
    found: Callable[[Engine], Item],
    document: Callable[[Item], object],
    lines: Callable[[Item], Iterable[str]],
) -> int:
    """Print one thing as text, or its document as JSON; returns 1 without a database."""
    with opened(settings) as engine:
        if engine is None:
            return 1
        one = found(engine)
        print(json.dumps(document(one), indent=2) if form == "json" else "\n".join(lines(one)))
        return 0


@contextmanager
def opened(settings: Settings) -> Iterator[Engine | None]:
    """The database, which cannot be written; None if there is none, after saying so."""
    set_up_logging(settings.log_format, Redactor(settings.secrets))
    with engine_to_read(settings) as engine:
        if engine is None:
            print(nothing_indexed(settings), file=sys.stderr)
        yield engine
