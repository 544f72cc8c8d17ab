"""Random worlds in which some images need signed base images, and signatures come at once, late or never."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalog.image import VerificationOutcome
from catalog.reference import Digest
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import CosignRule, Verify, resolved
from proxy.signatures.rules import SignatureRule
from tests.provider.config_repo.entries import PEM
from tests.provider.simulations.simulation import DAY, START, STEP, Simulation, digest, random_world

VERIFY = Verify(CosignRule((PEM,)), ("docker.io/**",))
HOUR = timedelta(hours=1)
LATE = (None, STEP, 2 * HOUR, 3 * DAY, 9 * DAY)
"""When a signature comes after its digest; None: never."""


class Signed:
    """A world after its weeks; `signed` has when each digest was verified."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
        self.world = random_world(seed, 80, 10, (12 * HOUR, 3 * DAY, 7 * DAY))
        self.signed: dict[Digest, datetime] = {}
        rule = resolved(VERIFY, {})
        assert isinstance(rule, SignatureRule)
        for name in chance.sample(sorted(self.world.images), 40):
            image = self.world.images[name]
            self.world.images[name] = replace(image, enrollment=replace(image.enrollment, verify=VERIFY))
        for number in range(120):
            name, at = f"base-{chance.randrange(10)}", START + chance.randrange(28 * DAY // STEP) * STEP
            moved = digest(2**80 + number)
            self.world.move(at, name, moved)
            self._record(
                at, name, VerificationRecord(rule.id, moved, VerificationOutcome.FAILED, at, reason="has none")
            )
            if later := chance.choice(LATE):
                self.signed[moved] = at + later
                verified = VerificationRecord(rule.id, moved, VerificationOutcome.VERIFIED, at + later, by="a key")
                self._record(at + later, name, verified)
        self.world.run()

    def _record(self, at: datetime, name: str, record: VerificationRecord) -> None:
        self.world.at(at, _recording(self.world, name, record))

    def needs_signatures(self, name: str) -> bool:
        """Whether the base images of this image have to be signed."""
        return self.world.images[name].enrollment.verify is not None


def _recording(world: Simulation, name: str, record: VerificationRecord) -> Callable[[datetime], set[str]]:
    def happen(_: datetime) -> set[str]:
        found = world.bases[name]
        others = tuple(each for each in found.verifications if each.digest != record.digest)
        world.bases[name] = replace(found, verifications=(*others, record))
        return world.dependents.get(name, set())

    return happen


@pytest.fixture(scope="module", params=range(3))
def found(request: pytest.FixtureRequest) -> Signed:
    """80 images, half of which need signed base images, over four weeks."""
    return Signed(request.param)


def test_no_unsigned_digest_is_built(found: Signed) -> None:
    """A new digest of a base image is passed to a build only after its signature verified."""
    checked = 0
    for now, name, rebuild, image in found.world.rebuilds:
        before = {dependency.name: dependency.built_on for dependency in image.dependencies}
        for target in rebuild.targets:
            built_on = before[target.name]
            if not found.needs_signatures(name) or target.name in found.world.images:
                continue
            if built_on is None or target.digest != built_on.digest:
                assert found.signed[target.digest] <= now
                assert target.signed_by == "a key"
                checked += 1
    assert checked > 50


def test_every_image_ends_on_the_newest_digest_that_it_may_use(found: Signed) -> None:
    """One that needs no signature on the newest one, the others on the newest one that is signed."""
    for name, image in found.world.images.items():
        for dependency in image.dependencies:
            if dependency.name in found.world.images:
                continue
            seen = [each.digest for each in found.world.world.ledger(dependency.name).observations]
            usable = [each for each in seen[1:] if each in found.signed or not found.needs_signatures(name)]
            assert dependency.built_on
            assert dependency.built_on.digest == (usable or seen[:1])[-1]


def test_an_image_that_lacks_a_signature_says_so(found: Signed) -> None:
    """Its status is not up to date, and the reason names what is missing."""
    for name in filter(found.needs_signatures, found.world.images):
        bases = [each.name for each in found.world.images[name].dependencies if each.name in found.world.bases]
        current = [found.world.world.ledger(base).current for base in bases]
        if any(each and each.digest not in found.signed and each.digest > digest(2**79) for each in current):
            status = found.world.plan.statuses[name]
            assert status.status.value in ("held", "waiting")
            assert "has none" in status.reason
