"""Tests of applying edits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.repository.edits import Change, check_path, is_state_batch, replacing, rewritten
from tests.provider.config_repo.repositories import appending, change, put

TEXTS = st.none() | st.text(max_size=3)


def test_only_changed_texts_are_rewritten() -> None:
    """A text that stays the same is not in the result; a removed one is None."""
    changes = [put("same", "1"), put("new", "2"), put("gone", None), put("never", None)]

    assert rewritten(changes, {"same": "1", "gone": "3"}) == {"new": "2", "gone": None}


def test_changes_of_one_path_follow_each_other() -> None:
    """The second edit sees what the first one wrote."""
    assert rewritten([change("a", appending("1")), change("a", appending("2"))], {"a": "0\n"}) == {"a": "0\n1\n2\n"}


def test_an_edit_that_raises_stops_all() -> None:
    """The caller gets the same error."""

    def refuse(_: str | None) -> str | None:
        raise LookupError("portal is taken")

    with pytest.raises(LookupError, match="portal is taken"):
        rewritten([put("a", "1"), Change("b", refuse)], {})


@given(st.dictionaries(st.sampled_from("abc"), st.text(max_size=3)), st.lists(st.tuples(st.sampled_from("abc"), TEXTS)))
def test_the_last_replacement_wins(texts: dict[str, str], steps: list[tuple[str, str | None]]) -> None:
    """Applying the result gives each path its last text, and changes nothing else."""
    new = rewritten([Change(path, replacing(text)) for path, text in steps], texts)

    assert {**texts, **new} == {**texts, **{path: text for path, text in dict(steps).items() if path in new}}
    assert all(texts.get(path) == text for path, text in dict(steps).items() if path not in new)


def test_state_and_configuration_do_not_mix() -> None:
    """One commit is on one branch, so a batch has one kind of path."""
    assert is_state_batch([put("state/images/a.yaml", "1"), put("state/_archive/images/b.yaml", None)])
    assert not is_state_batch([put("images.yaml", "1"), put("stateful.yaml", "1")])
    with pytest.raises(ValueError, match="make two"):
        is_state_batch([put("images.yaml", "1"), put("state/images/a.yaml", "1")])


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/.", ".git/config", "a/.GIT/x", "a\nb", "a\0b", "a\\b"]
)
def test_a_path_stays_inside_the_repository(path: str) -> None:
    """Paths that leave it, or reach git's own files, are refused before anything happens."""
    with pytest.raises(ValueError, match="not a path inside the config repository"):
        check_path(path)
