"""Paths and their meanings, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.layout import (
    NAME,
    EnrollmentsFile,
    Meaning,
    PolicyFile,
    StateFile,
    StateRole,
    is_state,
    meaning_of,
    path_of,
    state_folder,
)

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
MEANINGS: st.SearchStrategy[Meaning] = st.one_of(
    st.builds(EnrollmentsFile, st.none() | st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", fullmatch=True)),
    st.builds(PolicyFile),
    st.builds(StateFile, st.sampled_from(StateRole), NAMES, st.booleans()),
)


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("images.yaml", EnrollmentsFile()),
        ("images.d/team-a.yaml", EnrollmentsFile("team-a")),
        ("policy.yaml", PolicyFile()),
        ("state/images/portal.yaml", StateFile(StateRole.MANAGED, "portal")),
        ("state/base-images/node-22.yaml", StateFile(StateRole.BASE, "node-22")),
        ("state/_archive/images/portal.yaml", StateFile(StateRole.MANAGED, "portal", archived=True)),
        ("state/_archive/base-images/node-22.yaml", StateFile(StateRole.BASE, "node-22", archived=True)),
    ],
)
def test_each_promised_path_has_its_meaning(path: str, meaning: Meaning) -> None:
    """The paths of the interface mean what it says, and are where the meaning leads."""
    assert meaning_of(path) == meaning
    assert path_of(meaning) == path


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "images.yml",
        "images.d/deep/team.yaml",
        "images.d/.hidden.yaml",
        "state/images/Upper.yaml",
        "state/images/-dash.yaml",
        "state/images/../policy.yaml",
        f"state/images/{'a' * 64}.yaml",
        "state/other/portal.yaml",
        "state/images/portal.yaml\n",
    ],
)
def test_other_paths_mean_nothing(path: str) -> None:
    """What is not in the layout is nobody's, rather than a guess."""
    assert meaning_of(path) is None


@given(MEANINGS)
def test_a_path_leads_back_to_its_meaning(meaning: Meaning) -> None:
    """Every meaning has one path of its own."""
    assert meaning_of(path_of(meaning)) == meaning


@given(MEANINGS)
def test_only_state_is_state(meaning: Meaning) -> None:
    """State files, and they alone, are the state branch's."""
    assert is_state(path_of(meaning)) == isinstance(meaning, StateFile)


@given(st.text().filter(lambda name: not NAME.fullmatch(name)))
def test_a_text_that_is_no_name_has_no_path(name: str) -> None:
    """It is refused, so that no path leaves its folder."""
    with pytest.raises(ValueError, match="use a-z, 0-9 and '-'"):
        StateFile(StateRole.MANAGED, name)


@given(NAMES, st.sampled_from(StateRole), st.booleans())
def test_a_state_file_is_directly_in_its_folder(name: str, role: StateRole, archived: bool) -> None:
    """One file an image, named after it."""
    assert path_of(StateFile(role, name, archived)) == f"{state_folder(role, archived=archived)}/{name}.yaml"


def test_a_team_cannot_name_another_folder() -> None:
    """A team's name with a slash is refused."""
    with pytest.raises(ValueError, match="not a valid name for a team's file"):
        EnrollmentsFile("../policy")
