"""The queues of messages: which there are, and their figures."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Engine, delete, func, select

from provider.notifications.message import MessageKind
from provider.notifications.ports import MAIN_QUEUE
from provider.notifications.queue_state import QueueFigures, QueueState, Refusals
from provider.store.engine import writing
from provider.store.inserts import insert_missing
from provider.store.json_dataclasses import dumped, loaded
from provider.store.outbox import outbox, queues

ALL_KINDS: Final = frozenset[MessageKind]()


class SqlMessageQueues:
    """Implements `provider.notifications.ports.MessageQueues` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep_only(self, wanted: Mapping[str, frozenset[MessageKind]]) -> None:
        """Have these queues with these kinds of messages, and no others; a new one gets the messages from now on.

        The messages and the state of a queue that is not wanted are deleted. The main queue takes all kinds and stays.
        """
        every = {MAIN_QUEUE: ALL_KINDS, **wanted}
        rows = [
            {"name": name, "kinds": ",".join(sorted(kinds)), "state": dumped(QueueState())}
            for name, kinds in every.items()
        ]
        with writing(self._engine) as connection:
            connection.execute(delete(queues).where(queues.c.name.not_in(list(every))))
            connection.execute(delete(outbox).where(outbox.c.queue.not_in(list(every))))
            insert_missing(connection, queues, rows, key=("name",))

    def figures(self) -> Sequence[QueueFigures]:
        """Each queue, the main one first."""
        oldest = func.min(outbox.c.put_at, type_=outbox.c.put_at.type)
        waits, refused = outbox.c.pending.is_(True), outbox.c.pending.is_(False) & outbox.c.problem.is_not(None)
        waiting = select(outbox.c.queue, func.count(), oldest).where(waits).group_by(outbox.c.queue)
        reasons = select(outbox.c.queue, outbox.c.problem, func.count(), oldest).where(refused)
        reasons = reasons.group_by(outbox.c.queue, outbox.c.problem).order_by(oldest, outbox.c.problem)
        with self._engine.connect() as connection:
            states = connection.execute(select(queues.c.name, queues.c.state).order_by(queues.c.name)).all()
            open_ones = {name: (count, since) for name, count, since in connection.execute(waiting)}
            kept = [(name, Refusals(*reason)) for name, *reason in connection.execute(reasons)]
        return [
            QueueFigures(
                loaded(QueueState, json.loads(state)),
                *open_ones.get(name, (0, None)),
                tuple(reason for queue, reason in kept if queue == name),
            )
            for name, state in states
        ]
