"""One token for many repositories."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.registries.batches import BATCH_SIZE, ScopeBatches, in_batches, pull_scope

NAMES = st.lists(st.text("abcdefgh/", min_size=1, max_size=255), max_size=200, unique=True)


@given(NAMES)
def test_batches_hold_everything_in_order_and_stay_small(names: list[str]) -> None:
    """A batch has at most 50 repositories and 3,000 characters of scopes, unless one name alone is longer."""
    batches = in_batches(names)

    assert [name for batch in batches for name in batch] == names
    for batch in batches:
        assert 1 <= len(batch) <= BATCH_SIZE
        assert len(batch) == 1 or sum(len(pull_scope(name)) for name in batch) <= 3000


def test_fifty_repositories_share_a_token() -> None:
    """One hundred and one repositories make three batches, and the first repository of each is returned."""
    names = [f"r{number}" for number in range(101)]
    batches = ScopeBatches()

    assert batches.plan([names]) == ["r0", "r50", "r100"]
    assert batches.scopes_with(pull_scope("r51")) == tuple(map(pull_scope, names[50:100]))
    assert batches.scopes_with(pull_scope("other")) == (pull_scope("other"),)


def test_a_refused_batch_is_remembered() -> None:
    """After it, each repository has its own token."""
    batches = ScopeBatches()
    batches.plan([["a", "b"]])
    batches.accepted(pull_scope("a"))
    batches.refused()

    assert batches.granted is False
    assert batches.scopes_with(pull_scope("a")) == (pull_scope("a"),)
    assert batches.plan([["a", "b"]]) == []


def test_a_proven_batch_survives_one_repository_s_refusal() -> None:
    """Two accepted repositories prove that the registry grants several scopes."""
    batches = ScopeBatches()
    batches.plan([["a", "b", "c"]])
    batches.accepted(pull_scope("a"))
    batches.accepted(pull_scope("a"))
    assert batches.granted is None
    batches.accepted(pull_scope("b"))
    batches.refused()

    assert batches.granted is True
    assert len(batches.scopes_with(pull_scope("c"))) == 3


def test_the_first_of_every_batch_proves_nothing() -> None:
    """A registry that grants only the first scope accepts one repository of each batch."""
    names = [f"r{number}" for number in range(150)]
    batches = ScopeBatches()
    for first in batches.plan([names]):
        batches.accepted(pull_scope(first))
    assert batches.granted is None
    batches.refused()

    assert batches.granted is False


def test_a_repository_that_was_refused_is_requested_alone() -> None:
    """So that its batch is not refused with it; once it is accepted, it is a part of batches again."""
    batches = ScopeBatches()
    batches.exclude("b")
    assert batches.plan([["a", "b", "c"]]) == ["a"]
    assert batches.scopes_with(pull_scope("a")) == (pull_scope("a"), pull_scope("c"))
    assert batches.scopes_with(pull_scope("b")) == (pull_scope("b"),)
    batches.include("b")
    batches.plan([["a", "b", "c"]])

    assert len(batches.scopes_with(pull_scope("b"))) == 3
