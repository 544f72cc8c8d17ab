"""The notice about channels that take no messages, for those who can change that."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint

from provider.notifications.ports import MessageQueues
from provider.notifications.queue_state import QueueFigures
from provider.pages.browsers import may_change


def add_message_notices(blueprint: Blueprint, queues: MessageQueues) -> None:
    """Let the pages of the blueprint show `stopped_queues()`."""

    @blueprint.context_processor
    def notices() -> dict[str, Any]:
        return {"stopped_queues": partial(stopped_queues, queues)}


def stopped_queues(queues: MessageQueues) -> Sequence[QueueFigures]:
    """The queues whose channel takes no messages; none for callers who only read."""
    return [queue for queue in queues.figures() if queue.state.stopped] if may_change() else []
