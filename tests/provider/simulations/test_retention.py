"""After old histories are removed, every decision is the same as before, now and later."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole
from catalog.reference import Digest, ImageReference
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.plan import BuildCaps, Plan, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY
from provider.domain.rebuild import Rebuild
from provider.domain.retention.pruning import Retention, expire
from provider.domain.snapshot import Snapshot
from provider.domain.state import DependencyState, ImageState
from tests.provider.domain.retention.retention_samples import NOW, ended, on
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, image

MID = ImageReference("ghcr.io", "acme/mid", "latest")
NAMES = {NODE: "node", MID: "mid"}
PLATFORMS = ("linux/amd64", "linux/arm64")
LATER = (0, 1, 8, 40)


def digest(number: int) -> Digest:
    """A different digest for each number."""
    return Digest(f"sha256:{number:064x}")


def children(number: int, platforms: tuple[str, ...]) -> dict[str, Digest]:
    """The children of an index with this number."""
    return {name: digest(1000 + 10 * number + place) for place, name in enumerate(platforms)}


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """A tag that moves about once a day, sometimes back, and whose platforms come and go."""
    found, hours = Ledger(), 0
    for number in range(draw(st.integers(0, 25))):
        hours += draw(st.integers(1, 60))
        at = START + timedelta(hours=hours)
        index = max(0, number - draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 5])))
        if draw(st.integers(0, 9)) == 0:
            found = found.observe_unread(at, digest(index))
            continue
        platforms = draw(st.sampled_from([(), PLATFORMS, PLATFORMS, PLATFORMS, PLATFORMS[:1]]))
        child = index - draw(st.sampled_from([0, 0, 0, 0, 1]))
        found = found.observe(at, digest(index), children(child, platforms))
    for number in draw(st.sets(st.integers(0, 25), max_size=2)):
        found = found.without(digest(number))
    return found


@st.composite
def dependencies(draw: st.DrawFn, reference: ImageReference, known: Ledger) -> DependencyState:
    """A dependency that may be pinned, on a digest that the tag had, never had, or has not been learned yet."""
    choices = [*(each.digest for each in known.observations[-12:]), digest(999)]
    known_since = st.builds(BuiltOn, st.sampled_from(choices), st.integers(0, 60).map(on))
    built_on = draw(known_since) if draw(st.integers(0, 7)) else None
    pin = None if draw(st.integers(0, 4)) else draw(st.sampled_from(choices))
    return replace(
        dependency(replace(reference, digest=pin)),
        name=NAMES[reference],
        built_on=built_on,
        platforms=draw(st.sampled_from([(), PLATFORMS[:1], PLATFORMS])),
        role=draw(st.sampled_from([DependencyRole.FINAL, DependencyRole.STAGE])),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Two managed images, one built from the other, and a base."""
    node, mid = draw(ledgers()), draw(ledgers())
    images = {
        "mid": replace(image("mid", draw(dependencies(NODE, node))), ledger=mid),
        "app": image("app", draw(dependencies(MID, mid)), draw(dependencies(NODE, node))),
    }
    for name, made in images.items():
        results = st.none() | st.sampled_from([each.digest for each in made.ledger.observations] or [digest(999)])
        records = [ended(number, 2 * number, result=draw(results)) for number in range(draw(st.integers(0, 5)))]
        images[name] = replace(made, rebuilds=tuple(records))
    snapshot = Snapshot("1", {}, images, {"node": base("node", NODE, node)})
    return _tried(snapshot, draw(st.sampled_from([20, 30, 60]))) if draw(st.booleans()) else snapshot


def _tried(snapshot: Snapshot, day: int) -> Snapshot:
    """What was due on that day has failed, and another rebuild followed: the key of the first one still binds."""
    images: dict[str, ImageState] = dict(snapshot.images)
    for name, decision in decided(world(snapshot), on(day)).decisions.items():
        if isinstance(decision, Rebuild):
            failed = ended(50, 20, decision.key, decision.causes, decision.targets, Conclusion.FAILURE)
            images[name] = replace(images[name], rebuilds=(*images[name].rebuilds, failed, ended(51, 21)))
    return replace(snapshot, images=images)


def world(snapshot: Snapshot) -> World:
    """What a plan depends on."""
    return World(snapshot.images, snapshot.bases, Topology.of(snapshot.images, NO_POLICY))


def decided(known: World, at: datetime) -> Plan:
    """The plan at a time."""
    return plan(at, known, BuildCaps())


def moved(snapshot: Snapshot, numbers: list[int]) -> Snapshot:
    """The same after node has moved to these digests, one a day."""
    node = snapshot.bases["node"]
    known = node.ledger
    for day, number in enumerate(numbers):
        known = known.observe(NOW + (day + 1) * DAY, digest(number), children(number, PLATFORMS))
    return replace(snapshot, bases={"node": replace(node, ledger=known)})


@settings(max_examples=300, deadline=None)
@given(snapshots(), st.integers(0, 60), st.lists(st.integers(30, 40), max_size=3))
def test_every_decision_stays_the_same(snapshot: Snapshot, days: int, moves: list[int]) -> None:
    """Decisions, waves, statuses and order are those of the whole history, also after moves to new digests."""
    changes = expire(NOW, snapshot, Retention(history=days * DAY))
    event("removed something" if changes else "removed nothing")
    after = changes.apply(snapshot)

    for one, other in ((after, snapshot), (moved(after, moves), moved(snapshot, moves))):
        # Equal snapshots have equal plans.
        if one != other:
            shorter, whole = world(one), world(other)
            for day in LATER:
                assert decided(shorter, NOW + day * DAY) == decided(whole, NOW + day * DAY)


@settings(max_examples=100, deadline=None)
@given(snapshots(), st.integers(0, 60))
def test_removing_twice_removes_nothing_more(snapshot: Snapshot, days: int) -> None:
    """So a day without news makes no commit."""
    retention = Retention(days * DAY, days * DAY)
    after = expire(NOW, snapshot, retention).apply(snapshot)

    assert not expire(NOW, after, retention)
