"""A state of one image that no code expects: decisions about all others, and what readers see of them, stay right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from catalog.image import Status
from catalog.reference import ImageReference
from provider.domain.built_on import Clues, learn_built_on
from provider.domain.events import RunChanged, SourcePushed
from provider.domain.ledger import Ledger
from provider.domain.lifecycle import settle
from provider.domain.plan import BuildCaps, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.problems import image_problems
from provider.domain.read_model import read_model
from provider.domain.rebuild import Wait
from provider.domain.retention.pruning import Retention, expire
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from provider.services.reacting.wanted import built_from, in_progress, named_by
from tests.provider.domain.samples import DAY, NODE, START, base, dependency, digest, image, ledger

NOW = START + 9 * DAY
POISONS: dict[str, Callable[[ImageState], ImageState]] = {
    "a dependency without an image": lambda state: replace(state, dependencies=(broken(image=None),)),
    "a dependency that is text": lambda state: replace(state, dependencies=("node",)),  # type: ignore[arg-type]
    "no dependencies at all": lambda state: replace(state, dependencies=None),  # type: ignore[arg-type]
    "a delay that is none": lambda state: replace(
        state,
        enrollment=replace(state.enrollment, rebuild_delay=None),  # type: ignore[arg-type]
    ),
    "a digest that is none": lambda state: replace(state, dependencies=(broken(built_on="sha256:a"),)),
}


def broken(**fields: Any) -> Any:
    """A dependency with a value of another type."""
    return replace(dependency(), **fields)


def snapshot(poison: Callable[[ImageState], ImageState]) -> Snapshot:
    """Two images on node:22, which has moved, and a third that is poisoned."""
    good = {name: image(name, dependency()) for name in ("billing", "portal")}
    images = {"evil": poison(image("evil", dependency())), **good}
    node = base("node", NODE, ledger(("a", timedelta(0)), ("b", DAY)))
    return Snapshot("1", {name: state.enrollment for name, state in images.items()}, images, {"node": node})


@pytest.fixture(params=sorted(POISONS))
def poisoned(request: pytest.FixtureRequest) -> Snapshot:
    """With each poison."""
    return snapshot(POISONS[request.param])


def _world(of: Snapshot) -> World:
    return World(of.images, of.bases, Topology.of(of.images, of.policy))


def test_the_others_are_rebuilt(poisoned: Snapshot) -> None:
    """The poisoned image has the status error, and its error names a type, not a text."""
    found = plan(NOW, _world(poisoned), BuildCaps())

    assert found.now == ("billing", "portal")
    wait = found.decisions["evil"]
    assert isinstance(wait, Wait)
    assert wait.status is Status.ERROR
    assert wait.reason.startswith("internal error: ")


def test_the_others_are_shown(poisoned: Snapshot) -> None:
    """The poisoned image too, with its error."""
    planned = plan(NOW, _world(poisoned), BuildCaps())
    shown = {each.name: each for each in read_model(NOW, poisoned, planned, "group:default/platform")}

    assert (shown["evil"].status, shown["evil"].repository) == (Status.ERROR, "acme/evil")
    assert "internal error: " in shown["evil"].reason
    assert [shown[name].status for name in ("billing", "portal", "node")] == [Status.DUE, Status.DUE, Status.WATCHED]


def test_the_others_are_settled(poisoned: Snapshot) -> None:
    """A new image is enrolled, one is removed, and the bases of the others have their names."""
    new = image("zeta").enrollment
    enrollments = {name: found for name, found in poisoned.enrollments.items() if name != "billing"}
    bases = {"node-22": replace(poisoned.bases["node"], name="node-22")}
    changes = settle(NOW, replace(poisoned, enrollments={**enrollments, "zeta": new}, bases=bases))

    assert changes.images["billing"] is None
    assert changes.images["zeta"] is not None
    assert (portal := changes.images["portal"])
    assert portal.dependencies[0].name == "node-22"
    assert "billing" in changes.archived_images


@pytest.mark.parametrize(
    ("poison", "archived", "put_away", "error"),
    [
        ("a dependency without an image", set(), {"lost"}, "AttributeError"),
        ("a dependency that is text", set(), set(), "AttributeError"),
        ("no dependencies at all", set(), set(), "TypeError"),
        ("a delay that is none", {"golang"}, {"lost"}, None),
    ],
)
def test_nothing_is_put_away_that_the_poisoned_image_may_need(
    poison: str, archived: set[str], put_away: set[str], error: str | None
) -> None:
    """Neither a base nor an unreadable state file; what the image needs may be known all the same."""
    before, lost = snapshot(POISONS[poison]), frozenset({"lost"})
    bases = {**before.bases, "golang": base("golang", ImageReference("docker.io", "library/golang", "1"))}
    changes = settle(NOW, replace(before, bases=bases, unreadable=lost, unclaimed=lost))

    assert changes.archived_bases.keys() == archived
    assert changes.leftovers == put_away
    assert changes.errors == ({"evil": f"internal error: {error}; see the log"} if error else {})


def test_an_image_that_cannot_be_enrolled_again_has_an_error() -> None:
    """It stays in the archive, and the entries after it are followed."""
    archived = replace(image("evil"), rebuilds=None)  # type: ignore[arg-type]
    enrollments = {name: image(name).enrollment for name in ("evil", "zeta")}
    changes = settle(NOW, Snapshot("1", enrollments, {}, {}, archived_images={"evil": archived}))

    assert changes.errors == {"evil": "its enrollment cannot be applied: internal error: TypeError; see the log"}
    assert (list(changes.images), changes.archived_images) == (["zeta"], {})


@pytest.mark.parametrize(
    "step",
    [
        lambda poisoned: settle(NOW, poisoned),
        lambda poisoned: settle(
            NOW,
            replace(
                poisoned,
                images={},
                enrollments={"evil": poisoned.enrollments["evil"]},
                archived_images={"evil": replace(poisoned.images["evil"], rebuilds=None)},
            ),
        ),
        lambda poisoned: settle(NOW, replace(poisoned, unclaimed=frozenset({"lost"}), unreadable=frozenset({"lost"}))),
        lambda poisoned: plan(NOW, _world(poisoned), BuildCaps()),
        image_problems,
        lambda poisoned: learn_built_on(NOW, poisoned, {"evil": Clues(digest("own"))}),
    ],
    ids=["settle", "enroll", "put away", "plan", "problems", "learn"],
)
def test_the_log_names_the_image(step: Callable[[Snapshot], object], caplog: pytest.LogCaptureFixture) -> None:
    """Whatever meets the unexpected state."""
    step(snapshot(POISONS["no dependencies at all"]))

    assert {entry.getMessage().partition(":")[0] for entry in caplog.records} == {"evil"}


def test_the_others_are_learned(poisoned: Snapshot) -> None:
    """What an image is built from."""
    images = {
        name: replace(state, dependencies=(dependency(built_on=None),)) if name != "evil" else state
        for name, state in poisoned.images.items()
    }
    clues = {name: Clues(digest("own")) for name in images}
    changes = learn_built_on(NOW, replace(poisoned, images=images), clues)

    assert {"billing", "portal"} <= changes.images.keys()


def test_an_unexpected_error_is_a_problem_of_its_image() -> None:
    """It is announced like a failed check."""
    found = image_problems(replace(snapshot(lambda state: state), errors={"evil": "internal error: KeyError"}))

    assert found["error/evil"].message == "internal error: KeyError"


def test_the_problems_of_the_others_are_found(poisoned: Snapshot) -> None:
    """What people are told of them does not depend on the poisoned image."""
    images = {name: replace(state, discovery_error="no file") for name, state in poisoned.images.items()}
    found = image_problems(replace(poisoned, images=images))

    assert {"error/billing", "error/portal", "error/evil"} <= found.keys()
    assert found["error/portal"].message == "no file"


def test_the_others_are_pruned_from_the_archive(poisoned: Snapshot) -> None:
    """The history of tracked images stays while it is not known what the poisoned image needs."""
    old = replace(image("old"), archived_at=START, rebuilds=(), ledger=ledger(("a", timedelta(0))))
    archived = {"evil": replace(poisoned.images["evil"], archived_at="long ago"), "old": old}  # type: ignore[arg-type]
    changes = expire(NOW, replace(poisoned, archived_images=archived), Retention(DAY, DAY))

    assert changes.archived_images.keys() == {"old"}


@pytest.mark.parametrize("odd", [None, "ledger", Ledger(None)])  # type: ignore[arg-type]
def test_the_histories_of_the_others_are_pruned(odd: Any) -> None:
    """An image whose history cannot be read stays as it is, with an error."""
    long = ledger(*((f"n{number}", number * DAY) for number in range(40)))
    state = snapshot(lambda each: replace(each, ledger=odd, dependencies=()))
    images = {**state.images, "portal": replace(image("portal"), ledger=long), "billing": image("billing")}
    changes = expire(START + 100 * DAY, replace(state, images=images, bases={}), Retention(DAY))

    assert changes.images.keys() == {"portal"}
    assert changes.errors["evil"].startswith("internal error: ")


@pytest.mark.parametrize(
    "odd",
    [
        lambda state: replace(state, enrollment=None),
        lambda state: replace(state, enrollment=replace(state.enrollment, source="acme/evil")),
        lambda state: replace(state, rebuilds=("r-1",)),
        lambda state: replace(state, rebuilds=7),
    ],
)
def test_an_event_concerns_the_others(odd: Callable[[ImageState], ImageState]) -> None:
    """Pushes, pushed images and runs."""
    found = snapshot(odd)
    push = SourcePushed("github", "acme/portal", (), "main")

    assert "portal" in built_from(found, push)
    assert "portal" in named_by(found, found.images["portal"].enrollment.reference)
    assert in_progress(found, RunChanged("github-actions", "acme/portal", "1", None)) <= {"portal", "billing"}


def test_what_is_wrong_with_a_poisoned_image_is_its_problem() -> None:
    """It names a type, and where to read more."""
    found = image_problems(snapshot(POISONS["no dependencies at all"]))

    assert found["error/evil"].message == "internal error: TypeError; see the log"
