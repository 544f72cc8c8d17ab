"""What was told, in the database."""

from sqlalchemy import Engine

from provider.domain.news import Story, StoryKind, Told
from provider.store.news import SqlNewsMemory


def test_what_was_told_is_kept_whole(engine: Engine) -> None:
    """Nothing before the first time; afterwards the last word, with the stories that wait."""
    memory = SqlNewsMemory(engine)
    assert memory.read() is None
    memory.write(Told({}))
    told = Told({"error/portal": "no such\x00 repository"}, (Story("f-1", StoryKind.FAILURE, "portal", {"count": 1}),))
    memory.write(told)

    assert SqlNewsMemory(engine).read() == told
