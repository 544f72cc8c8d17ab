"""A thousand images, some of them hostile: all others are rebuilt exactly as if those were not there."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from catalog.image import Conclusion, Evidence, Status
from catalog.reference import ImageReference
from provider.domain.enrollment import Build, Source
from provider.domain.plan import BuildCaps
from provider.domain.state import RebuildState
from proxy.deadline import Deadline
from proxy.errors import Refused, Unavailable
from proxy.ports import CheckedDigest, Wanted
from tests.fakes.registry import digest_of
from tests.provider.services.hostile import (
    ERRORS,
    EVIL,
    METHODS,
    HostileBuilds,
    HostileRegistry,
    HostileSources,
    Trouble,
)
from tests.provider.services.world import DAY, HOUR, WINDOW, Company, enrolled

GOOD, BAD, BASES, DAYS = 900, 100, 60, 6
DRIPPING, DRIP_SECONDS = 3, 20
MOST_ROUNDS = 20
"""So many hosts answer so slowly; together they take longer than a round may."""
STEP = 6 * HOUR
DELAYS = (12 * HOUR, DAY, 2 * DAY)
AMD64, ARM64 = "linux/amd64", "linux/arm64"


@dataclass
class HostileWorld:
    """The company, and what moves when.

    Attributes:
        finished: the records of rebuilds whose run was ended.
    """

    company: Company
    trouble: Trouble
    chance: random.Random
    finished: set[str] = field(default_factory=set)

    def live(self) -> None:
        """Let the days pass: bases move, first as an index that is not complete; builds end at the next step."""
        moves = list(_moves())
        for step in range(DAYS * DAY // STEP):
            for number, at in moves:
                if at == step:
                    _publish(self.company, number, f"{number} {step}", AMD64)
                if at + 1 == step:
                    _publish(self.company, number, f"{number} {at} all", AMD64, ARM64)
            self.trouble.now = {
                method: ERRORS[self.chance.choice(sorted(ERRORS))]() for method in METHODS if self.chance.random() < 0.5
            }
            self.company.after(STEP)
            self._go_on()
            self._finish()

    def _go_on(self) -> None:
        """A round that ends by its deadline goes on within seconds, until every image that matters has been checked.

        How far one comes beside hosts that do not answer depends on the order of its threads.
        """
        left: list[str] = []
        for number in range(MOST_ROUNDS):
            self.company.round.follow()
            due = self.company.round._checks.due(self.company.now, self.company.store.read())
            left = [name for name in due if self._matters(name)]
            if number and not left:
                return
        raise AssertionError(f"{left} are still not checked after {MOST_ROUNDS} rounds")

    def _matters(self, name: str) -> bool:
        """Whether it is a base, or a good image; the digest of an image that is being built is read at its end."""
        image = self.company.store.read().images.get(name)
        if image is None or image.active:
            return image is None and EVIL not in name
        return EVIL not in name or image.enrollment.registry == "docker.io"

    def _finish(self) -> None:
        """End every run; the digest that it makes does not depend on its number."""
        for name, image in self.company.store.read().images.items():
            record = image.active
            if record and record.run_id in self.company.builds.started and record.id not in self.finished:
                self.finished.add(record.id)
                self.company.builds.finish(record.run_id, Conclusion.SUCCESS, self.company.now)
                made = digest_of(f"{name} {self.company.now}")
                if image.enrollment.registry == "ghcr.io":
                    self.company.registry.put(image.enrollment.reference, made, platforms=image.enrollment.platforms)


def _moves() -> Iterator[tuple[int, int]]:
    """Which base moves in which step; each has moved for the last time when there is still time to rebuild."""
    chance = random.Random(11)  # noqa: S311 - a repeatable world, no secret
    for number in range(BASES):
        for at in sorted(chance.sample(range(1, (DAYS - 3) * DAY // STEP), chance.randint(0, 2))):
            yield number, at


def _base(number: int) -> str:
    return f"docker.io/library/base-{number}:1"


def _publish(company: Company, number: int, content: str, *platforms: str) -> None:
    company.registry.put(_base(number), digest_of(content), platforms=platforms)


def _good(company: Company) -> None:
    """Images on one or two bases, some of them on another image, with platforms of their own or of one stage."""
    chance = random.Random(7)  # noqa: S311 - as above
    for number in range(GOOD):
        first, second = (_base(found) for found in chance.sample(range(BASES), 2))
        below = f"ghcr.io/acme/good-{chance.randrange(number)}:latest" if number and chance.random() < 0.3 else second
        stage = chance.choice(
            [f"FROM --platform={AMD64} {first} AS build", "FROM --platform=$BUILDPLATFORM " + first + " AS build"]
        )
        text = chance.choice([f"FROM {first}\n", f"{stage}\nFROM {below}\nCOPY --from=build / /\n"])
        platforms = chance.choice([(AMD64,), (AMD64, ARM64)])
        company.enroll(f"good-{number}", text, rebuild_delay=chance.choice(DELAYS), platforms=platforms)


def _bad(company: Company) -> None:
    """Images whose ports raise, whose registries fail, whose files are hostile, and entries that claim public bases."""
    for number in range(BAD):
        name, base = f"{EVIL}-{number}", _base(number % BASES)
        match number % 5:
            case 0:
                company.enroll(name, f"FROM {base}\n", rebuild_delay=HOUR)
            case 1 if number < 5 * DRIPPING:
                company.enroll(name, f"FROM drip-{name}.example.com/x:1\nFROM {base}\n", rebuild_delay=HOUR)
            case 1:
                company.enroll(name, f"FROM {name}.example.com/x:1\nFROM {base}\n", rebuild_delay=HOUR)
                company.registry.fail(f"{name}.example.com/x:1", Unavailable("registry is busy"))
            case 2:
                company.enroll(name, f"ARG BIG={'x' * 5000}\nFROM $UNSET\nFROM {base}\n{{% template %}}\n")
            case 3:
                company.enroll(name, "\n".join(f"FROM {EVIL}-{each}.example.com/y" for each in range(50)))
                company.sources.fail(f"acme/{name}", Refused("no access"))
            case _:
                # An entry of a team's file that claims a public base, to take the delay from everybody else. Its builds
                # can be followed to their end: until then the digest of an image that is being built is not checked.
                claim = replace(
                    enrolled(name, source=Source("github", f"acme/claim-{number}"), rebuild_delay=timedelta(0)),
                    registry="docker.io",
                    repository=f"library/base-{number % BASES}",
                    tag="1",
                    file="images.d/evil.yaml",
                    build=Build("github-actions", workflow="deploy-prod.yml", ref="refs/heads/unreviewed"),
                )
                company.sources.put(f"acme/claim-{number}", "Dockerfile", f"FROM {_base((number + 1) % BASES)}\n")
                company.snapshot.enroll(claim)


@dataclass
class DrippingRegistry(HostileRegistry):
    """Some of its hosts never finish an answer: each request to them ends by its deadline."""

    drip: Callable[[], None] = lambda: None

    def check(self, wanted: Sequence[Wanted], deadline: Deadline | None = None) -> Iterator[CheckedDigest]:
        """See the port."""
        if not wanted[0][0].registry.startswith("drip-"):
            yield from super().check(wanted, deadline)
            return
        for reference, _ in wanted:
            self.drip()
            yield reference, Unavailable(f"{reference.registry} did not finish its answer")


@cache
def world(*, hostile: bool) -> Company:
    """The world after its days."""
    trouble = Trouble()
    registry = DrippingRegistry(trouble)
    company = Company(
        registry=registry,
        sources=HostileSources(trouble),
        builds=HostileBuilds(trouble),
        caps=BuildCaps(window=WINDOW, builds=10_000, builds_per_source=10_000),
    )
    registry.drip = lambda: _drip(company)
    for number in range(BASES):
        _publish(company, number, f"{number} first", AMD64, ARM64)
    _good(company)
    if hostile:
        _bad(company)
    company.round.run()
    for _ in range(2):
        company.round.follow()
    HostileWorld(company, trouble, random.Random(3)).live()  # noqa: S311 - as above
    return company


def _drip(company: Company) -> None:
    company.seconds += DRIP_SECONDS


def rebuilds(company: Company) -> dict[str, list[tuple[datetime, frozenset[tuple[str, str]]]]]:
    """When each good image was rebuilt, and on what."""
    return {
        name: [(record.requested_at, _targets(record)) for record in image.rebuilds]
        for name, image in company.store.read().images.items()
        if EVIL not in name
    }


def _targets(record: RebuildState) -> frozenset[tuple[str, str]]:
    return frozenset((target.image.image, target.digest) for target in record.targets)


def test_every_other_image_is_rebuilt_at_the_same_time_on_the_same_digests() -> None:
    """Nobody waits for the fault of another image, and nobody's delay is taken away."""
    undisturbed, disturbed = rebuilds(world(hostile=False)), rebuilds(world(hostile=True))

    assert sum(map(len, undisturbed.values())) > GOOD
    assert disturbed == undisturbed


def test_every_other_image_has_the_same_status() -> None:
    """And the same evidence; the hostile ones have none that looks good without proof."""
    shown = {name: image.status for name, image in world(hostile=False).index.images.items()}
    disturbed = {name: image.status for name, image in world(hostile=True).index.images.items()}

    good = {name: status for name, status in shown.items() if name.startswith("good-")}
    assert good == {name: status for name, status in disturbed.items() if name.startswith("good-")}
    assert Counter(good.values())[Status.UP_TO_DATE] > GOOD // 2


def test_no_cause_is_younger_than_the_delay() -> None:
    """Also beside an entry that claims the base."""
    company = world(hostile=True)
    own = {image.enrollment.reference.image for image in company.store.read().images.values()}
    for name, image in company.store.read().images.items():
        if EVIL in name:
            continue
        for record in image.rebuilds:
            for cause in record.causes:
                made = ImageReference.parse(cause.reference).image in own and cause.name.startswith("good-")
                delay = timedelta(0) if made else image.enrollment.rebuild_delay
                assert record.requested_at - cause.first_seen >= delay


def test_no_index_that_was_still_filled_was_built_on() -> None:
    """Images of two platforms wait for both; those of one platform need not."""
    partial = {digest_of(f"{number} {at}") for number, at in _moves()}
    both = {name for name, image in world(hostile=True).store.read().images.items()
            if image.enrollment.platforms == (AMD64, ARM64) and EVIL not in name}  # fmt: skip
    company = world(hostile=True)
    for name in both:
        image = company.image(name)
        edges = {(edge.image.image, edge.image.tag): edge.platforms for edge in image.dependencies}
        for record in image.rebuilds:
            for target in record.targets:
                if target.digest in partial:
                    assert ARM64 not in edges[target.image.image, target.image.tag]


def test_what_is_shown_as_up_to_date_is_proven() -> None:
    """For every image of the hostile world, over all parents."""
    company = world(hostile=True)
    snapshot = company.store.read()
    for name, image in snapshot.images.items():
        if company.status(name)[0] != "up-to-date":
            continue
        for edge in image.dependencies:
            if not edge.causes(image.enrollment.rebuild_on):
                continue
            assert edge.built_on
            assert edge.evidence not in (Evidence.ASSUMED, Evidence.MISMATCH)
            ledger = snapshot.ledger(edge.name)
            current, known = ledger.current, ledger.find(edge.built_on.digest)
            assert current
            assert known
            assert current.same_for(edge.platforms, known)
