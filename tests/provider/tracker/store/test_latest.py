"""Tests of the latest release as the database keeps it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, update

from provider.store.engine import writing
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.one_version import one_version_each
from provider.tracker.decisions.outcomes import UnchangedList
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.order import latest
from provider.tracker.store.tables import releases, repositories
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import NOW, fields, polled

_LISTS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "decisions" / "versions" / "tag_lists.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("form", TagForm)
def test_the_database_finds_the_latest_that_the_decision_finds(engine: Engine, form: TagForm) -> None:
    """For lists of public projects, in each form."""
    store = SqlTrackerStore(engine)
    for number, project in enumerate(_LISTS):
        tags = project["tags"].split()
        tracked = store.add(fields(f"acme/app-{number}", form=form), NOW).id
        store.record([polled(store, tracked, tags)])

        each = one_version_each(map(FoundRelease, tags), form).published.values()
        right, found = latest(each, form, f"app-{number}"), store.get(tracked).latest
        assert (right and right.version) == (found and found.version), project["project"]


def test_an_order_of_an_earlier_version_of_the_program_is_computed_again(engine: Engine) -> None:
    """By the next poll, also of a list that has not changed; a removed release stays out."""
    store = SqlTrackerStore(engine)
    number = store.add(fields("acme/app", form=TagForm.ANY), NOW).id
    store.record([polled(store, number, ["v1.0.0", "v1.1.0", "chart-9.0.0"])])
    gone = next(one for one in store.known(number) if one.version == "v1.1.0")
    store.remove_release(number, gone.id)
    with writing(engine) as connection:
        connection.execute(
            update(releases).where(releases.c.standing > 0).values(version_order="", family="", scheme=0)
        )
        connection.execute(update(repositories).values(order_rules=0, latest_id=None))

    store.record([polled(store, number, UnchangedList())])

    found = store.get(number).latest
    assert found is not None
    assert found.version == "v1.0.0"
    assert [one.version for one in store.releases(number, 9).items] == ["chart-9.0.0", "v1.0.0"]
