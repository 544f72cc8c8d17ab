"""Tests of the read model; other tests read it by `Company.status`."""

from catalog.image import Role
from proxy.errors import NotFound
from tests.provider.services.world import HOUR, MINUTE, NODE, Company, due, settled


def test_an_image_shows_its_history_dependencies_and_rebuild() -> None:
    """It has the newest digest and the one before, the dependencies, and the address of the run."""
    company = due()
    company.round.run()
    made = company.finish()
    company.after(MINUTE)
    shown = company.index.images["portal"]

    assert (shown.role, shown.digest, len(shown.updates)) == (Role.MANAGED, made, 2)
    assert shown.previous_digest == shown.updates[0].digest
    assert shown.digest_since == shown.updates[1].first_seen
    base = company.index.images["node-22"]
    assert base.digest_since == base.updates[-1].first_seen
    assert [edge.reference for edge in shown.dependencies] == ["node:22"]
    assert shown.last_rebuild
    assert (shown.last_rebuild.status, shown.last_rebuild.url) == ("completed", "https://builds.example.com/runs/1")


def test_a_base_that_cannot_be_read_is_in_error_and_hides_no_image() -> None:
    """The other images are shown as before."""
    company = Company()
    company.enroll("portal", "FROM unknown:1\n")
    company.round.run()

    assert company.status("unknown-1")[0] == "error"
    assert company.index.images["portal"].digest


def test_a_pinned_base_has_a_note_when_its_tag_has_changed() -> None:
    """It is only a note: nothing is rebuilt for it."""
    company = Company()
    pinned = company.move(NODE, "node 0")
    company.enroll("portal", f"FROM {NODE}@{pinned}\n")
    company.round.run()
    assert not company.index.images["portal"].notes

    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    assert company.index.images["portal"].notes == (
        f"node:22 is pinned in the Dockerfile; the tag now points to {moved}",
    )


def test_a_tag_that_looks_fixed_and_changes_has_a_note() -> None:
    """A complete version should not change."""
    company = Company()
    company.move("docker.io/library/node:22.1.3", "node 0")
    company.enroll("portal", "FROM node:22.1.3\n")
    company.round.run()
    company.move("docker.io/library/node:22.1.3", "node 1")
    company.after(HOUR)

    assert any("looks like a fixed version" in note for note in company.index.images["node-22-1-3"].notes)


def test_an_error_and_its_cause_are_shown() -> None:
    """The decision is shown too."""
    company = settled()
    company.registry.fail("ghcr.io/acme/portal:latest", NotFound("no such image"))
    company.after(HOUR)
    shown = company.index.images["portal"]

    assert shown.status.value == "error"
    assert shown.last_error
    assert shown.last_error.message == "no such image"


def test_a_base_image_shows_the_day_of_its_last_change() -> None:
    """In the form of every other day that people read."""
    company = settled()
    assert company.status("node-22")[1] == "no change since 1 Mar 2026"
    company.move(NODE, "node 9")
    company.after(HOUR)
    assert company.status("node-22")[1] == "last changed on 1 Mar 2026"
