"""Tests of what was announced, in the database."""

from sqlalchemy import Engine

from provider.notifications.image_messages import Announced
from provider.notifications.message import Message, MessageKind
from provider.store.announced import SqlAnnouncedStore


def test_the_last_announcement_is_stored_with_its_pending_messages(engine: Engine) -> None:
    """It is empty at first; then the last value and the pending messages are stored."""
    memory = SqlAnnouncedStore(engine)
    assert memory.read() is None
    memory.write(Announced({}))
    announced = Announced(
        {"error/portal": "no such\x00 repository"}, (Message("f-1", MessageKind.FAILURE, "portal", {"count": 1}),)
    )
    memory.write(announced)

    assert SqlAnnouncedStore(engine).read() == announced
