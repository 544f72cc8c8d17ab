"""After a rebuild, the new image shows whether it was built from the digest that was passed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from catalog.image import Evidence
from catalog.reference import Digest
from provider.domain.build_request import BASE_IMAGES
from provider.services.image_clues import BASE_LABEL
from proxy.errors import Garbage, NotFound, Unavailable
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company, due, enrolled

PORTAL = enrolled("portal").reference
OLD = [digest_of("debian"), digest_of("node old")]
NEW = [digest_of("debian"), digest_of("node new")]
APP = digest_of("app")
TWO = ("linux/amd64", "linux/arm64")


def dispatched(platforms: Sequence[str] = ()) -> tuple[Company, Digest]:
    """A company whose rebuild of portal has started, and the digest of node:22 that was passed."""
    company = Company()
    company.registry.put(NODE, digest_of("node 0"), layers=OLD, platforms=platforms)
    company.enroll("portal")
    company.registry.put(PORTAL, digest_of("portal 0"), layers=[*OLD, APP], platforms=platforms)
    company.round.run()
    company.registry.put(NODE, digest_of("node 1"), layers=NEW, platforms=platforms)
    company.after(HOUR)
    company.after(7 * DAY + WINDOW)
    return company, company.builds.dispatches[0].targets[0].digest


def ended(
    company: Company,
    layers: Sequence[Digest] = (),
    labels: Mapping[str, str] | None = None,
    platforms: Sequence[str] = (),
) -> tuple[Evidence, str, str]:
    """The evidence, the status and the freshness of the rebuild after the build has pushed this image."""
    company.finish()
    company.registry.put(PORTAL, digest_of("portal 1"), layers=layers, labels=labels, platforms=platforms)
    company.after(MINUTE)
    shown = company.index.images["portal"]
    assert shown.last_rebuild
    return company.image().dependencies[0].evidence, shown.status.value, shown.last_rebuild.freshness


@pytest.mark.parametrize("platforms", [(), ("linux/amd64",), TWO])
def test_the_lowest_layers_of_the_passed_digest_verify_it(platforms: Sequence[str]) -> None:
    """On every platform of the image."""
    company, passed = dispatched(platforms)

    assert ended(company, [*NEW, APP], platforms=platforms) == (Evidence.VERIFIED, "up-to-date", "verified")
    built_on = company.image().dependencies[0].built_on
    assert built_on
    assert built_on.digest == passed == digest_of("node 1")


@pytest.mark.parametrize("platforms", [(), TWO])
def test_the_lowest_layers_of_another_digest_are_a_mismatch(platforms: Sequence[str]) -> None:
    """The workflow did not use what was passed: the image is not up to date, and the reason names the input."""
    company, _ = dispatched(platforms)

    assert ended(company, [*OLD, APP], platforms=platforms) == (Evidence.MISMATCH, "unverified", "mismatch")
    assert BASE_IMAGES in company.status()[1]
    company.after(DAY)
    assert company.status()[0] == "unverified"
    assert len(company.builds.dispatches) == 1


@pytest.mark.parametrize(
    ("label", "evidence"),
    [("node 1", Evidence.VERIFIED), ("node 0", Evidence.MISMATCH), ("something else", Evidence.MISMATCH)],
)
def test_the_label_counts_where_layers_show_nothing(label: str, evidence: Evidence) -> None:
    """An image that was squashed has other layers."""
    company, _ = dispatched()

    assert ended(company, [APP], {BASE_LABEL: digest_of(label)})[0] is evidence


def test_the_label_of_a_child_of_the_index_verifies_it() -> None:
    """Build tools note the manifest that they pulled, not the index."""
    company, passed = dispatched(TWO)
    child = company.store.read().ledger("node-22").observations[-1].platforms["linux/arm64"]

    assert passed != child
    assert ended(company, [APP], {BASE_LABEL: child}, TWO)[0] is Evidence.VERIFIED


def test_a_label_that_the_base_itself_has_says_nothing() -> None:
    """Labels of a base are copied to the images that are built from it."""
    company, passed = dispatched()
    inherited = {BASE_LABEL: digest_of("debian of node")}
    company.registry.put(f"{NODE}@{passed}", passed, layers=NEW, labels=inherited)

    assert ended(company, [APP], inherited) == (Evidence.PASSED, "up-to-date", "passed")


@pytest.mark.parametrize("labels", [None, {BASE_LABEL: "latest"}])
def test_an_image_that_shows_nothing_does_not_contradict(labels: Mapping[str, str] | None) -> None:
    """What was passed counts."""
    company, _ = dispatched()

    assert ended(company, [APP], labels) == (Evidence.PASSED, "up-to-date", "passed")


def test_layers_count_before_an_inherited_label() -> None:
    """The base has the label of its own base, and the image its layers."""
    company, _ = dispatched()

    assert ended(company, [*NEW, APP], {BASE_LABEL: digest_of("debian of node")})[0] is Evidence.VERIFIED


def test_one_platform_from_another_digest_is_a_mismatch() -> None:
    """The others do not hide it."""
    company, _ = dispatched(TWO)
    company.finish()
    made = company.registry.put(PORTAL, digest_of("portal 1"), layers=[*NEW, APP], platforms=TWO)
    arm = made.platforms["linux/arm64"]
    company.registry.put(f"{PORTAL.image}@{arm}", arm, layers=[*OLD, APP])
    company.after(MINUTE)

    assert company.image().dependencies[0].evidence is Evidence.MISMATCH


@pytest.mark.parametrize("error", [Unavailable("registry is busy"), Garbage("no JSON"), NotFound("no such image")])
def test_a_registry_that_fails_delays_the_dependents_only_for_a_moment(error: Exception) -> None:
    """The digest counts as passed after a minute; while the registry may answer soon, it is asked again."""
    company, _ = dispatched()
    company.finish()
    made = digest_of("portal 1")
    company.registry.put(PORTAL, made, layers=[*OLD, APP])
    company.registry.fail(PORTAL.at(made), error, "labels")  # type: ignore[arg-type]
    company.registry.fail(replace(PORTAL, tag=None).at(made), error, "manifest")  # type: ignore[arg-type]
    company.after(MINUTE)
    company.after(2 * MINUTE)
    company.after(2 * MINUTE)

    assert company.last().settled


def test_a_workflow_that_takes_no_digests_is_judged_by_its_image() -> None:
    """Nothing is taken to be passed: the layers show what it was built from, else nothing is known."""
    for layers, evidence, status in (
        ([*NEW, APP], Evidence.LAYERS, "up-to-date"),
        ([APP], Evidence.ASSUMED, "unverified"),
    ):
        company = due(builds=FakeBuildSystem(not_passed=(BASE_IMAGES,)))
        company.registry.put(NODE, digest_of("node 1"), layers=NEW)
        company.round.run()
        assert ended(company, layers)[:2] == (Evidence.ASSUMED, "unknown")
        company.after(HOUR)
        assert (company.image().dependencies[0].evidence, company.status()[0]) == (evidence, status)
