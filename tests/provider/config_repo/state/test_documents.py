"""State files: text and back, and what a person may do to them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.image import Conclusion, DependencyRole
from provider.config_repo.state.documents import InvalidState, base_text, image_text, read_base, read_image
from provider.domain.state import BaseState, ImageState
from tests.provider.config_repo.entries import NAMES
from tests.provider.config_repo.states import BASES, IMAGES
from tests.provider.domain.samples import START, dependency, image

TEXT = image_text(image("portal", dependency()))
REBUILD = """
rebuilds:
- id: r-1
  key: k
  conclusion: success
  reason: because
  requestedAt: '2026-01-01T00:00:00Z'
  wave: '2026-01-01T00:00:00Z'
  asked: 2
  settled: yes
"""


@settings(max_examples=60)
@given(IMAGES)
def test_an_image_is_read_as_it_was_written(state: ImageState) -> None:
    """Nothing is lost or changed on the way through the file."""
    assert read_image(image_text(state)) == state


@settings(max_examples=60)
@given(BASES, st.lists(NAMES).map(tuple))
def test_a_base_is_read_as_it_was_written(state: BaseState, dependents: tuple[str, ...]) -> None:
    """The dependents are there for people only."""
    assert read_base(base_text(state, dependents)) == state


@pytest.mark.parametrize("file", ["images.yaml", "images.d/team-a.yaml"])
def test_the_file_of_an_enrollment_is_kept(file: str) -> None:
    """It stays known while the entry there is not valid; images.yaml need not be written."""
    state = replace(image("portal"), enrollment=replace(image("portal").enrollment, file=file))

    assert read_image(image_text(state)) == state
    assert (file in image_text(state)) is not state.enrollment.made_by_admin


def test_a_hand_edit_counts() -> None:
    """A hold, and a time written in another zone."""
    edited = TEXT.replace("2026-01-01T00:00:00Z", "2026-01-02T01:00:00+01:00", 1) + "held: release freeze\n"
    state = read_image(edited)

    assert state.held == "release freeze"
    assert state.enrolled_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert image("portal").enrolled_at == START


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("name: portal", "name: portal\nhold: yes", "hold is not known; did you mean held?"),
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: yesterday", "enrolledAt: 'yesterday' is not a time; "),
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: 2026-01-01T00:00:00", "enrolledAt: .* has no time zone; "),
        ("role: final", "role: last", r"baseImages\[0\].role: 'last' is not one of final, stage, "),
        ("builtOn: sha256:", "builtOn: sha512:", r"baseImages\[0\].builtOn: 'sha512:.*' is not a digest; "),
        ("builtOnSince: '2026-01", "builtOnSince: '2026-13", r"baseImages\[0\].builtOnSince: '2026-13"),
        ("  builtOnSince: '2026-01-01T00:00:00Z'\n", "", r"baseImages\[0\]: builtOnSince is missing beside builtOn; "),
        ("  freshness: passed", "  fresh: unknown", r"baseImages\[0\]: fresh is not known; did you mean freshness"),
        (
            "registry: ghcr.io",
            "registri: ghcr.io",
            "enrollment.registry: is missing; enrollment: registri is not known",
        ),
        ("updateHistory:", "updateHistory: 7\nmore:", "updateHistory: must be a list; more is not known"),
        ("  seenBy: poll", "  seenBy: [poll]", r"updateHistory\[0\].seenBy: must be text"),
    ],
)
def test_what_is_no_state_is_refused_by_its_path(before: str, after: str, message: str) -> None:
    """An unknown key or a value that is none is named with what would be right, so that a person finds it."""
    assert before in TEXT
    with pytest.raises(InvalidState, match=f"^{message}"):
        read_image(TEXT.replace(before, after, 1))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """A person mends the file once."""
    with pytest.raises(InvalidState) as caught:
        read_image(TEXT.replace("role: final", "role: last").replace("seenBy: poll", "gone: perhaps"))

    assert str(caught.value) == (
        "updateHistory[0].gone: 'perhaps' is neither true nor false; "
        "baseImages[0].role: 'last' is not one of final, stage, unused, syntax"
    )


def test_values_keep_their_types() -> None:
    """Words of an enumeration are its members again, and numbers are numbers."""
    state = read_image(TEXT + REBUILD)

    assert state.dependencies[0].role is DependencyRole.FINAL
    assert state.rebuilds[0].conclusion is Conclusion.SUCCESS
    assert (state.rebuilds[0].asked, state.rebuilds[0].settled, state.rebuilds[0].causes) == (2, True, ())


@pytest.mark.parametrize("text", ["", "[]", "name: [", "a: &a [*a]", "just words", "name: portal\n"])
def test_any_other_text_is_refused(text: str) -> None:
    """Any content gives this error and no other."""
    for read in (read_image, read_base):
        with pytest.raises(InvalidState):
            read(text)
