"""Tests of the reports of parts, in the database."""

from datetime import timedelta

from sqlalchemy import Engine

from provider.ports import Beat
from provider.store.beats import SqlBeats
from tests.provider.store.samples import NOW


def test_the_last_report_of_each_part_is_stored(engine: Engine) -> None:
    """A later report replaces the earlier one of the same part, with its problem and details."""
    beats = SqlBeats(engine)
    beats.beat(Beat("worker", NOW, "The registry is down.", {"host": "ghcr.io"}))
    beats.beat(Beat("config", NOW))
    beats.beat(Beat("worker", NOW + timedelta(minutes=1)))

    assert list(beats.beats()) == [Beat("config", NOW), Beat("worker", NOW + timedelta(minutes=1))]
    beats.beat(Beat("config", NOW, "No access.", {"branch": "main"}))
    assert beats.beats()[0] == Beat("config", NOW, "No access.", {"branch": "main"})
