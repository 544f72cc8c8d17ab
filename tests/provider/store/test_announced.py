"""What was told, in the database."""

from sqlalchemy import Engine

from provider.notifications.image_messages import Announced
from provider.notifications.message import Message, MessageKind
from provider.store.announced import SqlAnnouncedStore


def test_what_was_told_is_kept_whole(engine: Engine) -> None:
    """Nothing before the first time; afterwards the last word, with the messages that wait."""
    memory = SqlAnnouncedStore(engine)
    assert memory.read() is None
    memory.write(Announced({}))
    told = Announced(
        {"error/portal": "no such\x00 repository"}, (Message("f-1", MessageKind.FAILURE, "portal", {"count": 1}),)
    )
    memory.write(told)

    assert SqlAnnouncedStore(engine).read() == told
