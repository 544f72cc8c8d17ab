"""What was asked for again, over each database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provider.store.operations.redeliveries import SqlRedeliveries
from provider.webhook_ports import HookLook
from tests.databases import KINDS, migrated_engine
from tests.provider.store.samples import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture(name="redeliveries", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlRedeliveries]:
    """An empty database of each kind."""
    with migrated_engine(request.param, tmp_path) as engine:
        yield SqlRedeliveries(engine)


def test_an_event_that_was_asked_for_stays_so(redeliveries: SqlRedeliveries) -> None:
    """Until it is forgotten, or old."""
    for number, guid in enumerate(("a", "b", "c", "a")):
        redeliveries.ask(guid, NOW + number * MINUTE)
    redeliveries.forget("b")
    assert set(redeliveries.asked({"a", "b", "d"})) == {"a"}
    redeliveries.prune(NOW + MINUTE, [])

    assert set(redeliveries.asked({"a", "c"})) == {"c"}
    assert not redeliveries.asked(set())


def test_the_last_look_at_each_webhook_is_kept(redeliveries: SqlRedeliveries) -> None:
    """As long as the settings name the webhook."""
    redeliveries.note("acme/1", HookLook(NOW))
    redeliveries.note("acme/2", HookLook(NOW, "no rights\0"))
    redeliveries.note("acme/1", HookLook(NOW + MINUTE))
    assert redeliveries.looks() == {"acme/1": HookLook(NOW + MINUTE), "acme/2": HookLook(NOW, "no rights\ufffd")}
    redeliveries.prune(NOW, ["acme/2"])

    assert list(redeliveries.looks()) == ["acme/2"]
