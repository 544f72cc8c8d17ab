"""Tests of what images are built from where no rebuild of ours recorded it."""

from catalog.image import Evidence
from catalog.reference import Digest
from provider.domain.state import DependencyState
from provider.services.image_clues import BASE_LABEL
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, NODE, Company, enrolled, settled

PORTAL = enrolled("portal").reference
BASE_LAYERS = [digest_of("debian"), digest_of("node")]
ARM = "linux/arm64"


def edge(company: Company) -> DependencyState:
    """The only dependency of portal."""
    (found,) = company.image().dependencies
    return found


def known(company: Company) -> tuple[Digest | None, Evidence]:
    """The digest that portal is built from, and the evidence for it."""
    found = edge(company)
    return found.built_on.digest if found.built_on else None, found.evidence


def test_built_on_is_learned_again_after_a_build_of_another_service() -> None:
    """The label of the new image names its base; no rebuild starts for a digest that the image already has."""
    company = settled()
    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal by hand"), labels={BASE_LABEL: moved})
    company.after(HOUR)
    company.after(8 * DAY)

    assert known(company) == (moved, Evidence.LABEL)
    assert company.builds.dispatches == []


def test_a_label_that_is_not_a_digest_is_ignored() -> None:
    """The current digest of the base is assumed then."""
    company = settled()
    company.registry.put(PORTAL, digest_of("odd"), labels={BASE_LABEL: "sha256:latest"})
    company.after(HOUR)

    assert known(company) == (digest_of("node 0"), Evidence.ASSUMED)


def test_built_on_is_learned_after_a_short_failure_of_the_registry() -> None:
    """Nothing is assumed while the image cannot be read; the next round reads its label."""
    company = settled()
    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    made = digest_of("portal by hand")
    company.registry.put(PORTAL, made, labels={BASE_LABEL: moved})
    company.registry.fail(PORTAL.at(made), Unavailable("ghcr.io broke the connection"), "labels")
    company.after(HOUR)
    assert known(company) == (None, Evidence.ASSUMED)

    company.registry.heal()
    company.after(HOUR)
    assert known(company) == (moved, Evidence.LABEL)


def test_an_assumed_digest_is_replaced_when_the_image_can_be_read() -> None:
    """The assumption is dropped, and the label of the image counts."""
    company = Company()
    old = company.move(NODE, "node 0")
    company.enroll("portal")
    company.registry.put(PORTAL, digest_of("portal 0"), labels={BASE_LABEL: old})
    company.registry.fail(PORTAL, Unavailable("ghcr.io is down"))
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.registry.heal()
    company.after(HOUR)

    assert known(company) == (old, Evidence.LABEL)


def test_without_a_label_the_lowest_layers_show_the_base() -> None:
    """The base has changed since the build; the layers of its earlier digest are the lowest layers of the image."""
    company = settled()
    old = company.registry.put(NODE, digest_of("node 1"), platforms=[ARM], layers=BASE_LAYERS).digest
    company.after(HOUR)
    company.registry.put(NODE, digest_of("node 2"), platforms=[ARM], layers=[BASE_LAYERS[0], digest_of("node new")])
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal 1"), platforms=[ARM], layers=[*BASE_LAYERS, digest_of("app")])
    company.after(HOUR)

    assert known(company) == (old, Evidence.LAYERS)


def test_layers_of_no_observed_digest_prove_nothing() -> None:
    """The current digest is assumed; an image without layers proves nothing either."""
    company = settled()
    company.registry.put(NODE, digest_of("node 1"), layers=BASE_LAYERS)
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal 1"), layers=[digest_of("other"), digest_of("app")])
    company.after(HOUR)
    assert known(company) == (digest_of("node 1"), Evidence.ASSUMED)


def test_an_earlier_base_digest_that_no_longer_exists_is_skipped() -> None:
    """The layers of the other digests are compared."""
    company = settled()
    old = company.registry.put(NODE, digest_of("node 1"), layers=BASE_LAYERS).digest
    company.after(HOUR)
    company.registry.put(NODE, digest_of("node 2"), layers=[digest_of("new")])
    company.after(HOUR)
    company.registry.put(NODE, digest_of("node 3"), layers=[digest_of("newer")])
    company.after(HOUR)
    company.registry.remove(f"{NODE.removesuffix(':22')}@{digest_of('node 2')}")
    company.registry.put(PORTAL, digest_of("portal 1"), layers=[*BASE_LAYERS, digest_of("app")])
    company.after(HOUR)

    assert known(company) == (old, Evidence.LAYERS)


def pinned(company: Company, layers: list[Digest] | None = None, labels: dict[str, str] | None = None) -> None:
    """The Dockerfile pins what node:22 points to now, and portal is an image with these layers and labels."""
    company.registry.put(NODE, digest_of("node 1"), layers=[BASE_LAYERS[0]])
    company.after(HOUR)
    new = company.registry.put(NODE, digest_of("node 2"), layers=BASE_LAYERS).digest
    company.after(HOUR)
    company.sources.put("acme/portal", "Dockerfile", f"FROM {NODE}@{new}\n")
    company.after(25 * HOUR)
    company.registry.put(PORTAL, digest_of("portal 1"), layers=layers or (), labels=labels)
    company.after(HOUR)


def test_an_image_shows_whether_it_was_built_since_its_pin_was_changed() -> None:
    """By its layers or its label; an image that shows nothing is taken to be built from what is pinned."""
    new, old = digest_of("node 2"), digest_of("node 1")
    for layers, labels, shown in (
        ([*BASE_LAYERS, digest_of("app")], None, (new, Evidence.LAYERS, "up-to-date")),
        ([BASE_LAYERS[0], digest_of("app")], None, (old, Evidence.LAYERS, "unverified")),
        (None, {BASE_LABEL: str(new)}, (new, Evidence.LABEL, "up-to-date")),
        (None, {BASE_LABEL: str(old)}, (old, Evidence.LABEL, "unverified")),
        (None, {BASE_LABEL: str(digest_of("a child of the pinned index"))}, (new, Evidence.ASSUMED, "up-to-date")),
        ([digest_of("squashed")], None, (new, Evidence.ASSUMED, "up-to-date")),
        ([digest_of("an older node"), digest_of("app")], None, (new, Evidence.MISMATCH, "unverified")),
    ):
        company = settled()
        pinned(company, layers, labels)
        assert (*known(company), company.status()[0]) == shown
