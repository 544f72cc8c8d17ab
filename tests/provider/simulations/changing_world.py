"""Random changes of a small organisation, one after the other: state, enrollments, rules, errors, limits and time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from catalog.image import Conclusion, DiscoveryStatus, Evidence, Failure
from catalog.reference import ImageReference
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.enrollment import Criticality, RebuildOn
from provider.domain.ledger import BuiltOn
from provider.domain.plan import BuildCaps
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule
from provider.domain.rebuild import Rebuild
from provider.domain.rebuild_record import intended
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, ImageState, Pending, RebuildStage, targets_built
from provider.domain.verification.rule import CosignRule, Verify
from tests.provider.domain.samples import DAY, HOUR, START, WINDOW, base, digest
from tests.provider.simulations.test_status_proof import any_image, edge

TEAM = "images.d/team.yaml"
_POLICIES = (
    NO_POLICY,
    Policy(own=("docker.io/library/base-0",)),
    Policy(rules=(PolicyRule((TEAM,), images=("**",)),)),
)
_VERIFY = Verify(CosignRule(keys=("keys/base.pub",)))
_STEPS = (timedelta(0), timedelta(minutes=1), WINDOW, HOUR, 5 * HOUR, DAY, 7 * DAY)
_NAMES = tuple(f"image-{number}" for number in range(6))
_LETTERS = st.sampled_from("abcde")


@dataclass(frozen=True)
class Moment:
    """An organisation at one time, with the limits that apply."""

    now: datetime
    snapshot: Snapshot
    caps: BuildCaps

    @property
    def world(self) -> World:
        """Everything that a plan depends on."""
        return World.of(self.snapshot, Topology.of(self.snapshot.images, self.snapshot.policy))

    def with_image(self, state: ImageState) -> "Moment":
        """With another state of one image; everything else is the same object."""
        return self.with_images({**self.snapshot.images, state.name: state})

    def with_images(self, images: Mapping[str, ImageState]) -> "Moment":
        """With these images."""
        return replace(self, snapshot=replace(self.snapshot, images=images))

    def with_base(self, state: BaseState) -> "Moment":
        """With another state of one base image."""
        return replace(self, snapshot=replace(self.snapshot, bases={**self.snapshot.bases, state.name: state}))


Kind = Callable[[st.DrawFn, Moment], Moment]


def beginning() -> Moment:
    """Two base images that were seen once, and no image yet."""
    bases = {}
    for number in range(2):
        reference = ImageReference("docker.io", f"library/base-{number}", "1")
        known = base(f"base-{number}", reference)
        bases[known.name] = replace(known, ledger=known.ledger.observe(START, digest("a")))
    return Moment(START, Snapshot("0", {}, {}, bases), BuildCaps(window=WINDOW, builds=2))


@st.composite
def changed(draw: st.DrawFn, moment: Moment, rebuilds: Mapping[str, Rebuild]) -> Moment:
    """The organisation after one random change; `rebuilds`: what the plan would dispatch now."""
    own = _image if moment.snapshot.images else _enrolled
    kinds: list[Kind] = [_time, _time, _time, _base, _base, _rules, _limits, _enrolled, own, own, own, own]
    going: bool = draw(st.booleans()) if rebuilds else False
    kind: Kind = draw(st.sampled_from(kinds))
    return _dispatched(moment, rebuilds) if going else kind(draw, moment)


def _dispatched(moment: Moment, rebuilds: Mapping[str, Rebuild]) -> Moment:
    for name, rebuild in rebuilds.items():
        state = moment.snapshot.images[name]
        record = intended(moment.now, f"r-{len(state.rebuilds)}", rebuild)
        moment = moment.with_image(replace(state.with_record(record), pending=None, asked=()))
    return moment


def _time(draw: st.DrawFn, moment: Moment) -> Moment:
    step = draw(st.sampled_from(_STEPS))
    back = draw(st.sampled_from([False] * 9 + [True]))
    return replace(moment, now=moment.now - step if back else moment.now + step)


def _base(draw: st.DrawFn, moment: Moment) -> Moment:
    if not moment.snapshot.bases:
        return moment
    state = draw(st.sampled_from(sorted(moment.snapshot.bases.values(), key=lambda each: each.name)))
    if draw(st.sampled_from([True, True, True, False])):
        return moment.with_base(replace(state, ledger=state.ledger.observe(moment.now, digest(draw(_LETTERS)))))
    if draw(st.booleans()):
        return moment.with_base(replace(state, error=None if state.error else Failure(moment.now, "not found")))
    current = state.ledger.current
    return moment.with_base(replace(state, ledger=state.ledger.without(current.digest))) if current else moment


def _enrolled(draw: st.DrawFn, moment: Moment) -> Moment:
    """An image is new, has other dependencies, another tag or file, or is gone."""
    name, images = draw(st.sampled_from(_NAMES)), moment.snapshot.images
    if name in images and draw(st.booleans()):
        return moment.with_images({each: state for each, state in images.items() if each != name})
    below: list[BaseState | ImageState] = [*moment.snapshot.bases.values(), *images.values()]
    chosen = draw(st.lists(st.sampled_from(below), max_size=3, unique_by=lambda state: state.name)) if below else []
    edges = [draw(edge(state)) for state in chosen]
    # A reference with another tag has a name of its own, and waits for the image in that repository all the same.
    named = draw(st.lists(st.sampled_from(["", "", "base-0", "other"]), min_size=3, max_size=3))
    edges = [replace(each, name=other or each.name) for each, other in zip(edges, named, strict=False)]
    fresh = draw(any_image(name, edges))
    old = images.get(name, fresh)
    enrollment = replace(
        fresh.enrollment,
        file=draw(st.sampled_from(["images.yaml", TEAM])),
        tag=draw(st.sampled_from(["latest", "latest", "1"])),
        verify=draw(st.sampled_from([None, None, None, _VERIFY])),
        auto_rebuild=draw(st.sampled_from([True, True, True, False])),
        rebuild_delay=draw(st.sampled_from([HOUR, DAY, 7 * DAY])),
    )
    return moment.with_image(replace(old, enrollment=enrollment, dependencies=fresh.dependencies))


def _image(draw: st.DrawFn, moment: Moment) -> Moment:
    """What happens to an image that stays enrolled as it is."""
    state = moment.snapshot.images[draw(st.sampled_from(sorted(moment.snapshot.images)))]
    return moment.with_image(draw(st.sampled_from(_EVENTS))(draw, moment.now, state))


def _seen(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    return replace(state, ledger=state.ledger.observe(now, digest(draw(_LETTERS))))


def _held(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    until = draw(st.sampled_from([None, now, now + HOUR, now + DAY]))
    return replace(state, held=None if state.held else Hold("no", until=until))


def _asked(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    until = draw(st.sampled_from([None, now + HOUR, now + DAY]))
    asked = AskedRebuild(f"q-{len(state.asked)}", "jane", "so", now, draw(st.booleans()), None, until)
    return replace(state, asked=(*state.asked, asked))


def _skipped(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    return replace(state, skips=(Skip(digest(draw(_LETTERS)), "bad", "jane", now),))


def _ended(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    """A rebuild goes on, ends well with a new digest, or fails."""
    record = state.active
    if record is None:
        return state
    conclusion = draw(st.sampled_from([None, Conclusion.FAILURE, Conclusion.SUCCESS, Conclusion.SUCCESS]))
    if conclusion is None:
        return state.with_record(replace(record, stage=RebuildStage.DISPATCHED, url="https://run", dispatched_at=now))
    ended = replace(record, stage=RebuildStage.COMPLETED, completed_at=now, conclusion=conclusion, settled=True)
    if conclusion is not Conclusion.SUCCESS:
        return state.with_record(ended)
    made = digest(f"{record.id}{state.name}")
    built = targets_built(state.dependencies, record.targets, now, {})
    return replace(
        state.with_record(replace(ended, result=made)), ledger=state.ledger.observe(now, made), dependencies=built
    )


def _learned(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    built_on = BuiltOn(digest(draw(_LETTERS)), now)
    evidence = draw(st.sampled_from(list(Evidence)))
    edges = (replace(each, built_on=built_on, evidence=evidence) for each in state.dependencies)
    return replace(state, dependencies=tuple(edges))


def _failed(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    failure = draw(st.sampled_from([None, Failure(now, "not found")]))
    return replace(state, error=failure, discovery=draw(st.sampled_from(list(DiscoveryStatus))))


def _rated(draw: st.DrawFn, now: datetime, state: ImageState) -> ImageState:
    pending = draw(st.sampled_from([None, Pending(now, now + HOUR, ())]))
    enrollment = replace(
        state.enrollment,
        criticality=draw(st.sampled_from(list(Criticality))),
        rebuild_on=draw(st.sampled_from(list(RebuildOn))),
    )
    return replace(state, enrollment=enrollment, pending=pending)


_EVENTS = (_seen, _held, _asked, _skipped, _ended, _ended, _ended, _learned, _failed, _rated)


def _rules(draw: st.DrawFn, moment: Moment) -> Moment:
    """Rules, files of the config repository, problems, or errors of the last round."""
    snapshot, names = moment.snapshot, st.sampled_from(_NAMES)
    some = st.dictionaries(names, st.sampled_from(["one", "two"]), max_size=2)
    problems = st.lists(st.tuples(st.sampled_from([*_NAMES, "base-0"]), st.just("a problem")), max_size=2)
    match draw(st.integers(0, 3)):
        case 0:
            after = replace(snapshot, policy=draw(st.sampled_from(_POLICIES)))
        case 1:
            after = replace(snapshot, files=draw(st.sampled_from([{}, {"keys/base.pub": "a key"}])))
        case 2:
            after = replace(snapshot, errors=draw(some))
        case _:
            after = replace(snapshot, problems=tuple(draw(problems)))
    return replace(moment, snapshot=after)


def _limits(draw: st.DrawFn, moment: Moment) -> Moment:
    names = st.sampled_from(_NAMES)
    return replace(
        moment,
        caps=BuildCaps(
            window=draw(st.sampled_from([WINDOW, WINDOW, HOUR])),
            builds=draw(st.sampled_from([1, 2, 10])),
            builds_per_source=draw(st.sampled_from([1, 3])),
            stopped=draw(st.sampled_from([None, None, None, "the clock is off"])),
            passed_over=draw(st.frozensets(names, max_size=1)),
            errors=draw(st.dictionaries(names, st.just("broken"), max_size=1)),
        ),
    )
