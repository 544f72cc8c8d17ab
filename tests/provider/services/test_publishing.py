"""Tests of publishing the snapshot to the index."""

from tests.provider.services.world import HOUR, MINUTE, NODE, settled


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


def test_an_image_that_is_no_longer_tracked_is_not_shown() -> None:
    """The image and its base both leave the index."""
    company = settled()
    company.snapshot.withdraw("portal")
    company.after(MINUTE)

    assert (company.index.images, company.index.by_name) == ({}, {})
