"""The index says what the snapshot say."""

from tests.provider.services.world import HOUR, MINUTE, NODE, settled


def test_every_entity_is_rendered_and_again_only_when_it_changed() -> None:
    """The text of one that did not change is the very same object."""
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


def test_what_is_tracked_no_more_is_shown_no_more() -> None:
    """Image and base alike."""
    company = settled()
    company.snapshot.withdraw("portal")
    company.after(MINUTE)

    assert (company.index.images, company.index.by_name) == ({}, {})
