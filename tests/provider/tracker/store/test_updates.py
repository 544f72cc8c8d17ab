"""Tests of keeping what there is to update."""

from dataclasses import replace

from sqlalchemy import Engine, event, update

from provider.store.engine import writing
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.deployed.updates import NO_UPDATES, TagInUse, TagsInUse
from provider.tracker.decisions.outcomes import UnchangedList
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.tables import repositories
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import HOUR, NOW, fields, polled


def _tracked(store: SqlTrackerStore, number: int) -> None:
    """A container repository with a deployed version, a tag in use and a skipped release, and one at GitHub."""
    added = store.add(fields(f"ghcr.io/acme/base-{number}"), NOW).id
    store.record([polled(store, added, ["1.0.0", "1.1.0"])])
    store.add(replace(fields(f"acme/app-{number}"), deployed_version="1.0.0"), NOW)


def test_tracker_a_page_costs_the_same_with_any_number_of_deployed_versions(engine: Engine) -> None:
    """The result is in the row of the repository, so that no row needs a query of its own."""
    store, statements = SqlTrackerStore(engine), list[str]()
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    costs = []
    for number in range(1, 21):
        _tracked(store, number)
        tags = TagsInUse((TagInUse("1.0.0", pinned=False, images=("app",), number=1),))
        store.note_in_use({f"ghcr.io/acme/base-{each}": tags for each in range(1, number + 1)})
        if number in {2, 20}:
            statements.clear()
            page = store.page(RepositoryFilter(sort="-deployed"), 50)
            assert len(page.items) == 2 * number
            costs.append(len(statements))
    assert costs[0] == costs[1]


def test_tags_in_use_that_did_not_change_are_not_written(engine: Engine) -> None:
    """The rounds of polls ask every minute."""
    store, statements = SqlTrackerStore(engine), list[str]()
    _tracked(store, 1)
    in_use = {"ghcr.io/acme/base-1": TagsInUse((TagInUse("1.0.0", pinned=False, images=("app",), number=1),))}
    assert store.note_in_use(in_use) == 1
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert store.note_in_use(in_use) == 0
    assert [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_tracker_deployed_versions_of_an_earlier_program_are_compared_at_the_next_poll(engine: Engine) -> None:
    """Also where the poll finds nothing new."""
    store = SqlTrackerStore(engine)
    number = store.add(replace(fields("acme/app"), deployed_version="1.0.0"), NOW).id
    store.record([polled(store, number, ["1.0.0", "2.0.0"])])
    with writing(engine) as connection:
        earlier = {"updates": "", "deployed_order": NO_UPDATES.order, "order_rules": 1}
        connection.execute(update(repositories).values(earlier))
    assert store.get(number).updates == NO_UPDATES

    store.record([polled(store, number, UnchangedList(), NOW + HOUR)])
    deployed = store.get(number).updates.deployed
    assert deployed
    assert deployed.result.status is DeployedStatus.BEHIND
