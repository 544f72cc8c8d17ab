"""Tests of publishing the snapshot to the index."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.addresses import Sites
from catalog.entity import entity
from catalog.image import Image
from provider.domain.plan import BuildCaps, Plan
from provider.domain.planning.kept_plan import KeptPlan
from provider.domain.rebuild import Rebuild
from provider.domain.snapshot import Snapshot
from provider.ports import ProblemText, ReportedProblem
from provider.services import publishing
from provider.services.publishing import Publisher
from tests.fakes.image_index import FakeImageIndex
from tests.provider.domain.samples import START
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, settled
from tests.provider.simulations.changing_world import beginning, changed


def plan_of(snapshot: Snapshot) -> Plan:
    """The plan that is published with a snapshot."""
    return KeptPlan().decide(START, snapshot, BuildCaps())


def test_an_entity_is_rendered_again_only_when_it_changed() -> None:
    """The text of an unchanged entity is the same object."""
    company = settled()
    before = dict(company.index.by_name)
    assert set(before) == {"portal", "node-22"}
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.enroll("billing")
    company.after(MINUTE)
    after = company.index.by_name

    assert set(after) == {"portal", "node-22", "billing"}
    assert after["node-22"] != before["node-22"]
    company.after(MINUTE)
    assert company.index.by_name["billing"] is after["billing"]


def test_checks_without_news_leave_the_entity_tag() -> None:
    """Entities have no time of a check and no age: while an image waits, days of checks change no entity."""
    company = settled()
    company.move(NODE, "node 1")
    company.after(HOUR)
    tag = company.index.catalog_tag()
    assert company.status()[0] == "waiting"
    for _ in range(6):
        company.after(DAY)
        assert company.index.catalog_tag() == tag
    assert company.status()[0] == "waiting"


def test_an_image_that_is_no_longer_tracked_is_not_shown() -> None:
    """The image and its base both leave the index."""
    company = settled()
    company.snapshot.withdraw("portal")
    company.after(MINUTE)

    assert (company.index.images, company.index.by_name) == ({}, {})


def test_an_entity_that_cannot_be_rendered_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The image shows the error, and the entities of the others follow."""
    company = settled()
    before = company.index.by_name["portal"]

    def rendered(image: Image, sites: Sites) -> dict[str, object]:
        if image.name == "portal":
            raise RecursionError("maximum recursion depth exceeded")
        return entity(image, sites)

    monkeypatch.setattr(publishing, "entity", rendered)
    company.enroll("portal", title="The portal")
    company.enroll("billing", title="Billing")
    company.after(MINUTE)

    assert company.index.by_name["portal"] == before
    assert "Billing" in company.index.by_name["billing"]
    assert company.status()[0] == "error"
    assert company.status()[1].startswith(
        "its entity cannot be rendered: internal error: RecursionError; see the log; "
    )

    monkeypatch.setattr(publishing, "entity", entity)
    company.after(MINUTE)
    assert "The portal" in company.index.by_name["portal"]
    assert company.status()[0] != "error"


def test_problems_are_reported_once_until_they_change() -> None:
    """A problem of a file has its place; one that is solved is gone, also after a restart of the worker."""
    index = FakeImageIndex()
    text = ProblemText.at("images.yaml:12: app: tag: is empty", "images.yaml", 12, "tag", "is empty", ("app",))
    wrong = Snapshot("1", {}, {}, {}, problems=(("app", text), ("", "3 of 9 images would be removed")))
    first = Publisher(index, "group:default/platform", Sites("https://github.com", "https://gitlab.com"))
    for hours in range(3):
        first.publish(START + hours * HOUR, wrong, plan_of(wrong))

    assert index.reported() == [
        ReportedProblem("app", str(text), "is empty", "images.yaml", 12, "tag", START, ("app",)),
        ReportedProblem("", "3 of 9 images would be removed", "3 of 9 images would be removed", since=START),
    ]
    second = Publisher(index, "group:default/platform", Sites("https://github.com", "https://gitlab.com"))
    second.publish(START + 4 * HOUR, replace(wrong, problems=()), plan_of(wrong))
    assert index.reported() == []


def test_an_index_that_lost_its_images_is_filled_again() -> None:
    """The database was emptied, or a backup was restored, while the worker ran; nothing else has changed."""
    company = settled()
    shown, entities = dict(company.index.images), dict(company.index.by_name)
    company.index.images.clear()
    company.index.by_name.clear()

    company.after(MINUTE)

    assert company.index.images == shown
    assert company.index.by_name == entities


def test_what_another_process_wrote_is_written_over_with_what_git_has() -> None:
    """Two workers have memories of their own; the older one's must not stay."""
    company = settled()
    shown = dict(company.index.images)
    company.index.replace([replace(company.index.images["portal"], reason="what was known before")], {})

    company.after(MINUTE)

    assert company.index.images == shown


def test_problems_are_reported_again_to_an_index_that_lost_them() -> None:
    """Otherwise a wrong entry would be shown nowhere until it changes."""
    company = settled()
    problem = "images.yaml:3: registry must be text"
    snapshot = replace(company.store.read(), problems=(("portal", problem),))
    publisher = Publisher(company.index, "group:default/platform", Sites())
    publisher.publish(START, snapshot, plan_of(snapshot))
    company.index.images.clear()
    company.index.report([], START)

    publisher.publish(START, snapshot, plan_of(snapshot))

    assert [reported.text for reported in company.index.reported()] == [problem]


def test_an_index_that_has_everything_is_not_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most rounds change nothing."""
    company = settled()
    writes: list[object] = []
    for method in ("replace", "update"):
        monkeypatch.setattr(company.index, method, lambda *each: writes.append(each))

    company.after(MINUTE)

    assert writes == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_shown_after_many_changes_is_what_one_write_shows(data: st.DataObject) -> None:
    """Only images that can be shown differently are made and written; the rest is still right."""
    index, plans, moment, rebuilds = FakeImageIndex(), KeptPlan(), beginning(), dict[str, Rebuild]()
    publisher = Publisher(index, "group:default/platform", Sites())
    for _ in range(data.draw(st.integers(1, 12), label="changes")):
        moment = data.draw(changed(moment, rebuilds))
        planned = plans.decide(moment.now, moment.snapshot, moment.caps)
        publisher.publish(moment.now, moment.snapshot, planned)
        other = FakeImageIndex()
        Publisher(other, "group:default/platform", Sites()).publish(moment.now, moment.snapshot, planned)
        assert (index.images, index.by_name) == (other.images, other.by_name)
        rebuilds = {name: found for name in planned.now if isinstance(found := planned.decisions[name], Rebuild)}


def test_what_could_not_be_written_is_written_in_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk, for example: nothing else has to change first."""
    company = settled()
    company.enroll("billing")
    with monkeypatch.context() as broken:
        broken.setattr(company.index, "update", raising(OSError("the disk is full")))
        with pytest.raises(OSError, match="full"):
            company.after(MINUTE)
    assert "billing" not in company.index.images

    company.after(MINUTE)

    assert "billing" in company.index.images


def raising(error: Exception) -> Callable[..., None]:
    """Something that always fails."""

    def fail(*_: object) -> None:
        raise error

    return fail
