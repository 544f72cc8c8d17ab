"""The last sign of life of each part of the worker."""

import json
from collections.abc import Sequence

from sqlalchemy import Engine, select

from provider.ports import Beat
from provider.store.engine import writing
from provider.store.inserts import upsert
from provider.store.json_dataclasses import dumped
from provider.store.tables import beats


class SqlBeats:
    """Stores the last beat of each part, in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, beat: Beat) -> None:
        """Store the beat as the last one of its part."""
        row = {"part": beat.part, "at": beat.at, "problem": beat.problem, "details": dumped(beat.details)}
        with writing(self._engine) as connection:
            upsert(connection, beats, [row])

    def beats(self) -> Sequence[Beat]:
        """The last beats of all parts, ordered by the name of the part."""
        query = select(beats.c.part, beats.c.at, beats.c.problem, beats.c.details).order_by(beats.c.part)
        with self._engine.connect() as connection:
            return [
                Beat(part, at, problem, json.loads(details)) for part, at, problem, details in connection.execute(query)
            ]
