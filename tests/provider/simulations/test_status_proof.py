"""In any world, `up-to-date` agrees with a naive definition of "every base is proven to be the newest"."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence, Failure, Status
from catalog.reference import ImageReference
from provider.domain.dockerfile.findings import Unresolved
from provider.domain.enrollment import RebuildOn
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.plan import BuildCaps, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState
from tests.provider.domain.samples import DAY, HOUR, START, WINDOW, base, digest, image

FAILURE = Failure(START, "not found")
KNOWN = (Evidence.PASSED, Evidence.VERIFIED, Evidence.LABEL, Evidence.LAYERS)
RECORD = RebuildState("r-1", "key", START, START, (), (), "because")
LETTERS = st.sampled_from("abc")
PLATFORMS = ("linux/amd64", "linux/arm64")


@dataclass(frozen=True)
class Digests:
    """What a tag pointed to: letters, each an hour after the one before it, and what is wrong with the last."""

    letters: str
    gone: bool = False
    unread: bool = False

    def ledger(self) -> Ledger:
        """The ledger after these checks."""
        found = Ledger()
        for hour, letter in enumerate(self.letters):
            # amd64 changes with each digest, arm64 does not between a and b.
            children = {PLATFORMS[0]: digest(letter * 2), PLATFORMS[1]: digest("c3" if letter == "c" else "a3")}
            last = hour == len(self.letters) - 1
            found = (
                found.observe_unread(START + hour * HOUR, digest(letter))
                if self.unread and last
                else found.observe(START + hour * HOUR, digest(letter), children)
            )
        return found.without(digest(self.letters[-1])) if self.gone and self.letters else found


DIGESTS = st.builds(
    Digests,
    st.text(LETTERS, max_size=3),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([False, False, False, True]),
)
BUILT_ON = st.none() | st.builds(BuiltOn, LETTERS.map(digest), st.just(START))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to three bases and five images; an image can be built from any earlier one."""
    bases: dict[str, BaseState] = {}
    for number in range(draw(st.integers(1, 3))):
        reference = ImageReference("docker.io", f"library/base-{number}", "1")
        found = base(f"base-{number}", reference, draw(DIGESTS).ledger())
        bases[found.name] = replace(found, error=draw(st.sampled_from([None, None, None, FAILURE])))
    images: dict[str, ImageState] = {}
    for number in range(draw(st.integers(1, 5))):
        below: list[BaseState | ImageState] = [*bases.values(), *images.values()]
        chosen = draw(st.lists(st.sampled_from(below), max_size=3, unique_by=lambda state: state.name))
        images[f"image-{number}"] = draw(any_image(f"image-{number}", [draw(edge(state)) for state in chosen]))
    return World(images, bases, Topology.of(images, NO_POLICY))


def edge(state: BaseState | ImageState) -> st.SearchStrategy[DependencyState]:
    """A dependency on this image: pinned or not, proven or not."""
    reference = state.image if isinstance(state, BaseState) else state.enrollment.reference
    pins = [reference.at(digest("a")), replace(reference, tag=None, digest=digest("b"))]
    current = state.ledger.current
    newest = st.just(BuiltOn(current.digest, START)) if current else BUILT_ON
    return st.builds(
        lambda pin, role, built_on, evidence, platforms: DependencyState(
            state.name, str(pin), pin, ("from",), role, platforms, built_on, evidence
        ),
        st.sampled_from([*pins, reference, reference, reference, reference]),
        st.sampled_from([DependencyRole.FINAL] * 4 + list(DependencyRole)),
        newest | newest | newest | BUILT_ON,
        st.sampled_from([*KNOWN, *KNOWN, *Evidence]),
        st.sampled_from([(), PLATFORMS, PLATFORMS[1:]]),
    )


def any_image(name: str, edges: list[DependencyState]) -> st.SearchStrategy[ImageState]:
    """An image on these dependencies, usually without anything wrong."""
    usually = st.sampled_from([True, True, True, True, True, False])
    fine = image(name, *edges)

    def made(
        seen: bool, read: bool, resolved: bool, checked: bool, found: bool, built: int, on: RebuildOn
    ) -> ImageState:
        state = replace(
            fine,
            ledger=fine.ledger if seen else Ledger(),
            discovery=fine.discovery if read else DiscoveryStatus.PENDING,
            unresolved=() if resolved else (Unresolved("BASE", 2),),
            error=None if checked else FAILURE,
            discovery_error=None if found else "no Dockerfile",
            enrollment=replace(fine.enrollment, rebuild_on=on),
        )
        ended = replace(RECORD, stage=RebuildStage.COMPLETED, settled=True)
        records = {0: RECORD, 1: replace(ended, conclusion=Conclusion.FAILURE)}
        return state.with_record(records[built]) if built in records else state

    return st.builds(
        made,
        usually,
        usually,
        usually,
        usually,
        usually,
        st.integers(0, 12),
        st.sampled_from([*RebuildOn, RebuildOn.ALL]),
    )


def proven(world: World, name: str) -> bool:
    """Whether each base that the build pulls is known to be the newest there is, over all parents."""
    state = world.images[name]
    if state.error or state.discovery_error or state.unresolved or not state.ledger.observations:
        return False
    if state.discovery is DiscoveryStatus.PENDING or state.active or (state.last_rebuild and state.last_rebuild.failed):
        return False
    return all(newest(world, state, found) for found in state.dependencies)


def newest(world: World, state: ImageState, found: DependencyState) -> bool:
    """Whether the image is known to be built from what the tag points to now."""
    roles = {RebuildOn.ALL: (DependencyRole.FINAL, DependencyRole.STAGE), RebuildOn.FINAL: (DependencyRole.FINAL,)}
    if found.role not in roles[state.enrollment.rebuild_on]:
        return True
    parent, below = world.images.get(found.name), world.bases.get(found.name)
    current = world.ledger(found.name).current
    if current is None or (below and below.error):
        return False
    if found.pinned:
        shown = found.built_on if found.evidence in (Evidence.LABEL, Evidence.LAYERS) else None
        contradicted = (shown is not None and shown.digest != found.image.digest) or (
            found.built_on is not None and found.evidence is Evidence.MISMATCH
        )
        return not contradicted and found.image.tag is not None and same(world, found, found.image.digest)
    if parent and not proven(world, parent.name):
        return False
    known = found.built_on is not None and found.evidence in KNOWN
    return known and not current.gone and same(world, found, found.built_on.digest if found.built_on else None)


def same(world: World, found: DependencyState, of: object) -> bool:
    """Whether that digest is what the tag points to now, for the platforms that are pulled."""
    seen = world.ledger(found.name).observations
    if seen[-1].digest == of:
        return True
    known = [each for each in seen if each.digest == of]
    if not known or seen[-1].unread or known[-1].unread:
        return False
    pulled = found.platforms or tuple({**known[-1].platforms, **seen[-1].platforms})
    return all(known[-1].platforms.get(each) == seen[-1].platforms.get(each) for each in pulled)


def shown(world: World, at: datetime) -> Mapping[str, Status]:
    """The statuses of all images."""
    statuses = plan(at, world, BuildCaps(window=WINDOW)).statuses
    return {name: found.status for name, found in statuses.items()}


@settings(max_examples=400)
@given(worlds(), st.sampled_from([timedelta(0), 3 * HOUR, DAY, 30 * DAY]))
def test_up_to_date_is_said_exactly_where_every_base_is_proven_to_be_the_newest(world: World, after: timedelta) -> None:
    """Whatever else is wrong, and at any time."""
    found = shown(world, START + after)

    assert {name for name, status in found.items() if status is Status.UP_TO_DATE} == {
        name for name in world.images if proven(world, name)
    }


@given(worlds(), st.sampled_from([timedelta(0), 3 * HOUR, DAY, 30 * DAY]))
def test_every_status_has_a_reason_that_names_what_is_wrong(world: World, after: timedelta) -> None:
    """No status is without a reason, and no reason says that all is well where it is not."""
    for status in plan(START + after, world, BuildCaps(window=WINDOW)).statuses.values():
        assert status.reason
        good = status.reason.startswith(("built on the latest", "its Dockerfile names no"))
        assert good is (status.status is Status.UP_TO_DATE)
