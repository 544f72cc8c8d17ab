"""Tests of the plan that is kept from one decision to the next."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion, Status
from catalog.reference import ImageReference
from provider.domain import plan as plan_module
from provider.domain.asking.asked import Hold
from provider.domain.ledger import BuiltOn
from provider.domain.plan import BuildCaps, plan
from provider.domain.planning import kept_plan
from provider.domain.planning.kept_plan import KeptPlan
from provider.domain.rebuild import Decision, Rebuild, decide
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildStage, RebuildState
from tests.provider.domain.samples import DAY, HOUR, NODE, START, WINDOW, base, dependency, digest, image, ledger
from tests.provider.simulations.changing_world import beginning, changed

ALPINE = ImageReference("docker.io", "library/alpine", "3")
STILL = ledger(("a", 0 * HOUR))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_kept_plan_is_the_plan_from_scratch(data: st.DataObject) -> None:
    """Whatever changes, in whatever order, and however the time goes."""
    kept, moment, known = KeptPlan(), beginning(), dict[str, Rebuild]()
    for _ in range(data.draw(st.integers(1, 25), label="changes")):
        moment = data.draw(changed(moment, known))
        found = kept.decide(moment.now, moment.snapshot, moment.caps)
        assert found == plan(moment.now, moment.world, moment.caps)
        known = {name: each for name in found.now if isinstance(each := found.decisions[name], Rebuild)}


def test_only_what_can_be_decided_differently_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A base that moves concerns its dependents; the time concerns those that wait for it; nothing else is decided."""
    images = {name: image(name, dependency(NODE if name < "c" else ALPINE)) for name in "abcd"}
    bases = {"node": base("node", NODE, STILL), "alpine": base("alpine", ALPINE, STILL)}
    before = Snapshot("1", {}, images, bases)
    kept, caps, decided = KeptPlan(), BuildCaps(window=WINDOW), list[str]()
    first = kept.decide(START, before, caps)

    def noted(now: datetime, state: ImageState, *rest: Any) -> Decision:
        decided.append(state.name)
        return decide(now, state, *rest)

    monkeypatch.setattr(plan_module, "decide", noted)

    assert kept.decide(START + HOUR, before, caps) is first
    assert kept.decide(START + HOUR, replace(before, position="2", images=dict(images)), caps) is first
    moved = replace(before, bases={**bases, "node": base("node", NODE, STILL.observe(START + HOUR, digest("b")))})
    kept.decide(START + HOUR, moved, caps)
    assert decided == ["a", "b"]
    assert kept.decide(START + 2 * HOUR, moved, caps).statuses["a"].status is Status.WAITING
    assert decided == ["a", "b"]
    assert kept.decide(START + HOUR + 7 * DAY, moved, caps).statuses["a"].reason.startswith("node:22 changed; grouping")
    assert decided == ["a", "b"] * 2


def test_what_an_image_showed_before_it_depended_on_itself_is_forgotten() -> None:
    """An image of a cycle shows itself nothing, so it is behind nothing that only the cycle has."""
    behind = replace(dependency(NODE), built_on=BuiltOn(digest("a"), START))
    moved = base("node", NODE, STILL.observe(START + HOUR, digest("b")))
    before = Snapshot("1", {}, {"a": image("a", behind)}, {"node": moved})
    itself = replace(before, position="2", images={"a": image("a", dependency(image("a").enrollment.reference))})
    kept, caps = KeptPlan(), BuildCaps(window=WINDOW)
    assert kept.decide(START + HOUR, before, caps).statuses["a"].behind_since == START + HOUR

    found = kept.decide(START + HOUR, itself, caps)

    assert found.statuses["a"].status is Status.ERROR
    assert found == KeptPlan().decide(START + HOUR, itself, caps)


def test_a_digest_of_another_tag_has_no_delay_once_its_build_is_known_to_be_ours() -> None:
    """The child depends on another tag of the repository than the enrolled one, whose record of its build changes."""
    two = ImageReference("ghcr.io", "acme/base", "2")
    moved = base(dependency(two).name, two, ledger(("a", 0 * HOUR), ("b", 2 * HOUR)))
    record = RebuildState(
        "r",
        "k",
        START + HOUR,
        START,
        (),
        (),
        "",
        stage=RebuildStage.COMPLETED,
        conclusion=Conclusion.SUCCESS,
        settled=True,
    )
    made = replace(image("base"), rebuilds=(record,))
    before = Snapshot("1", {}, {"base": made, "child": image("child", dependency(two))}, {moved.name: moved})
    known = replace(made, rebuilds=(replace(record, result=digest("b")),))
    after = replace(before, position="2", images={**before.images, "base": known})
    kept, caps, now = KeptPlan(), BuildCaps(window=WINDOW), START + 3 * HOUR
    first = kept.decide(now, before, caps)
    assert first.statuses["child"].status is Status.WAITING

    found = kept.decide(now, after, caps)

    assert found.statuses["base"] == first.statuses["base"]
    assert found.now == ("child",)
    assert found == KeptPlan().decide(now, after, caps)


def test_a_child_no_longer_waits_for_an_image_that_is_gone() -> None:
    """It depends on another tag of that image's repository, so nothing of its own has changed."""
    two = ImageReference("ghcr.io", "acme/base", "2")
    bases = {
        "node": base("node", NODE, STILL.observe(START + HOUR, digest("b"))),
        dependency(two).name: base("", two, STILL),
    }
    parent, child = image("base", dependency()), image("child", dependency(two), dependency())
    before = Snapshot("1", {}, {"base": parent, "child": child}, bases)
    after = replace(before, position="2", images={"child": child})
    kept, caps, now = KeptPlan(), BuildCaps(window=WINDOW), START + HOUR + 7 * DAY + WINDOW
    assert kept.decide(now, before, caps).now == ("base",)

    found = kept.decide(now, after, caps)

    assert found.now == ("child",)
    assert found == KeptPlan().decide(now, after, caps)


def test_a_hold_is_no_longer_shown_after_its_end() -> None:
    """Also where nothing waits for its end."""
    held = replace(image("a", dependency()), held=Hold("a freeze", "jane", START, START + DAY))
    before = Snapshot("1", {}, {"a": held}, {"node": base("node", NODE, STILL)})
    kept, caps = KeptPlan(), BuildCaps(window=WINDOW)
    assert "a freeze" in kept.decide(START + HOUR, before, caps).statuses["a"].reason

    found = kept.decide(START + DAY, before, caps)

    assert found == KeptPlan().decide(START + DAY, before, caps)
    assert "a freeze" not in found.statuses["a"].reason


def test_after_an_error_everything_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was changed in place may be incomplete."""
    before = Snapshot("1", {}, {"a": image("a", dependency())}, {"node": base("node", NODE, STILL)})
    kept, caps = KeptPlan(), BuildCaps(window=WINDOW)
    first = kept.decide(START, before, caps)
    moved = replace(before, bases={"node": base("node", NODE, STILL.observe(START + HOUR, digest("b")))})
    with monkeypatch.context() as broken:
        broken.delattr(kept_plan, "plan")
        with pytest.raises(NameError):
            kept.decide(START + HOUR, moved, caps)

    assert kept.decide(START + HOUR, moved, caps) != first
    assert kept.decide(START + HOUR, moved, caps) == KeptPlan().decide(START + HOUR, moved, caps)
