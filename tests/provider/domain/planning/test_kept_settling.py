"""Tests of bringing the state in line with the enrollments only where something has changed."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.domain.lifecycle import settle
from provider.domain.planning import kept_settling
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.snapshot import Snapshot
from tests.provider.domain.samples import HOUR, START, base, dependency, digest, image, ledger
from tests.provider.simulations.changing_world import Moment, beginning, changed


@st.composite
def enrolled(draw: st.DrawFn, moment: Moment) -> Snapshot:
    """The snapshot with entries for most images, as they are enrolled or changed."""
    images = moment.snapshot.images.values()
    entries = {each.name: each.enrollment for each in images if draw(st.sampled_from([True] * 9 + [False]))}
    for name in draw(st.sets(st.sampled_from(sorted(entries) or ["image-0"]), max_size=1)):
        if name in entries:
            entries[name] = replace(entries[name], title="new")
    return replace(moment.snapshot, enrollments=entries)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_changes_are_those_of_settling_everything(data: st.DataObject) -> None:
    """Whatever happened since the last time, and whether its changes were applied or not."""
    kept, moment = KeptSettling(), beginning()
    for _ in range(data.draw(st.integers(1, 15), label="changes")):
        moment = data.draw(changed(moment, {}))
        snapshot = data.draw(enrolled(moment))
        changes = kept.settle(moment.now, snapshot)
        assert changes == settle(moment.now, snapshot)
        if data.draw(st.booleans()):
            snapshot = replace(changes.apply(snapshot), errors={})
        moment = replace(moment, snapshot=snapshot)
        assert kept.settle(moment.now, snapshot) == settle(moment.now, snapshot)


def test_new_digests_are_no_reason_to_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most rounds bring nothing else."""
    state, node = image("portal", dependency()), base("node", dependency().image, ledger(("a", 0 * HOUR)))
    before = Snapshot("1", {"portal": state.enrollment}, {"portal": state}, {"node": node})
    kept = KeptSettling()
    assert not kept.settle(START, before)
    monkeypatch.delattr(kept_settling, "settle")
    moved = replace(node, ledger=node.ledger.observe(START + HOUR, digest("b")))
    built = replace(state, ledger=state.ledger.observe(START + HOUR, digest("c")))

    assert not kept.settle(START + HOUR, before)
    assert not kept.settle(START + HOUR, replace(before, bases={"node": moved}, images={"portal": built}))
