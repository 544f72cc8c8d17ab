"""Beats in the database."""

from datetime import timedelta

from sqlalchemy import Engine

from provider.ports import Beat
from provider.store.beats import SqlBeats
from tests.provider.store.samples import NOW


def test_the_last_word_of_each_part_is_kept(engine: Engine) -> None:
    """A part's later beat takes the place of its earlier one, problem and details too."""
    beats = SqlBeats(engine)
    beats.beat(Beat("worker", NOW, "The registry is down.", {"host": "ghcr.io"}))
    beats.beat(Beat("config", NOW))
    beats.beat(Beat("worker", NOW + timedelta(minutes=1)))

    assert list(beats.beats()) == [Beat("config", NOW), Beat("worker", NOW + timedelta(minutes=1))]
    beats.beat(Beat("config", NOW, "No access.", {"branch": "main"}))
    assert beats.beats()[0] == Beat("config", NOW, "No access.", {"branch": "main"})
