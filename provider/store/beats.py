"""What the worker last told of itself."""

import json
from collections.abc import Sequence

from sqlalchemy import Engine, select

from provider.ports import Beat
from provider.store.engine import writing
from provider.store.inserts import upsert
from provider.store.json_dataclasses import dumped
from provider.store.tables import beats


class SqlBeats:
    """The last beat of each part, in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, beat: Beat) -> None:
        """Keep this as the last word of its part."""
        row = {"part": beat.part, "at": beat.at, "problem": beat.problem, "details": dumped(beat.details)}
        with writing(self._engine) as connection:
            upsert(connection, beats, [row])

    def beats(self) -> Sequence[Beat]:
        """The last beat of every part that ever told one, by the part's name."""
        query = select(beats.c.part, beats.c.at, beats.c.problem, beats.c.details).order_by(beats.c.part)
        with self._engine.connect() as connection:
            return [
                Beat(part, at, problem, json.loads(details)) for part, at, problem, details in connection.execute(query)
            ]
