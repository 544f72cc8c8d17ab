"""What images stand on is read from themselves where no build of ours tells."""

from catalog.reference import Digest
from provider.domain.state import DependencyState, Freshness
from provider.services.built_on import BASE_LABEL
from proxy.errors import Unavailable
from tests.fakes.registry import digest_of
from tests.provider.services.world import DAY, HOUR, NODE, Company, enrolled, settled

PORTAL = enrolled("portal").reference
BASE_LAYERS = [digest_of("debian"), digest_of("node")]
ARM = "linux/arm64"


def edge(company: Company) -> DependencyState:
    """What portal's one dependency is known to be."""
    (found,) = company.image().dependencies
    return found


def known(company: Company) -> tuple[Digest | None, Freshness]:
    """The digest that portal stands on, and how surely that is known."""
    found = edge(company)
    return found.built_on.digest if found.built_on else None, found.freshness


def test_an_image_that_was_built_without_us_is_learned_anew() -> None:
    """Its own label says what it stands on now; nothing is rebuilt for what it has already."""
    company = settled()
    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal by hand"), labels={BASE_LABEL: moved})
    company.after(HOUR)
    company.after(8 * DAY)

    assert known(company) == (moved, Freshness.LABEL)
    assert company.builds.dispatches == []


def test_a_label_that_is_no_digest_is_no_word() -> None:
    """The present digest is assumed then."""
    company = settled()
    company.registry.put(PORTAL, digest_of("odd"), labels={BASE_LABEL: "sha256:latest"})
    company.after(HOUR)

    assert known(company) == (digest_of("node 0"), Freshness.UNKNOWN)


def test_a_registry_that_is_down_for_a_moment_costs_no_knowledge() -> None:
    """Nothing is assumed while the image cannot be read; the next look reads its label."""
    company = settled()
    moved = company.move(NODE, "node 1")
    company.after(HOUR)
    made = digest_of("portal by hand")
    company.registry.put(PORTAL, made, labels={BASE_LABEL: moved})
    company.registry.fail(PORTAL.at(made), Unavailable("ghcr.io broke the connection"), "labels")
    company.after(HOUR)
    assert known(company) == (None, Freshness.UNKNOWN)

    company.registry.heal()
    company.after(HOUR)
    assert known(company) == (moved, Freshness.LABEL)


def test_an_image_that_could_not_be_read_at_first_is_learned_when_it_can() -> None:
    """What was assumed meanwhile is not kept."""
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

    assert known(company) == (old, Freshness.LABEL)


def test_the_lowest_layers_tell_where_there_is_no_label() -> None:
    """The base has moved on before the enrollment saw a label; its earlier layers are found in the image."""
    company = settled()
    old = company.registry.put(NODE, digest_of("node 1"), platforms=[ARM], layers=BASE_LAYERS).digest
    company.after(HOUR)
    company.registry.put(NODE, digest_of("node 2"), platforms=[ARM], layers=[BASE_LAYERS[0], digest_of("node new")])
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal 1"), platforms=[ARM], layers=[*BASE_LAYERS, digest_of("app")])
    company.after(HOUR)

    assert known(company) == (old, Freshness.LAYERS)


def test_layers_of_nothing_that_was_seen_tell_nothing() -> None:
    """The present digest is assumed; an image without layers proves nothing either."""
    company = settled()
    company.registry.put(NODE, digest_of("node 1"), layers=BASE_LAYERS)
    company.after(HOUR)
    company.registry.put(PORTAL, digest_of("portal 1"), layers=[digest_of("other"), digest_of("app")])
    company.after(HOUR)
    assert known(company) == (digest_of("node 1"), Freshness.UNKNOWN)


def test_an_earlier_base_that_vanished_is_passed_over() -> None:
    """What can still be read is compared."""
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

    assert known(company) == (old, Freshness.LAYERS)
