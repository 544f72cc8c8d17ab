"""State files: text and back, and what a person may do to them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.config_repo.state.documents import InvalidState, base_text, image_text, read_base, read_image
from provider.domain.state import BaseState, ImageState
from tests.provider.config_repo.entries import NAMES
from tests.provider.config_repo.states import BASES, IMAGES
from tests.provider.domain.samples import START, dependency, image

TEXT = image_text(image("portal", dependency()))


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


def test_a_hand_edit_counts() -> None:
    """A hold, and a time written in another zone."""
    edited = TEXT.replace("2026-01-01T00:00:00Z", "2026-01-02T01:00:00+01:00", 1) + "held: release freeze\n"
    state = read_image(edited)

    assert state.held == "release freeze"
    assert state.enrolled_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert image("portal").enrolled_at == START


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("name: portal", "name: portal\nhold: yes", "hold"),
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: yesterday", "enrolledAt"),
        ("enrolledAt: '2026-01-01T00:00:00Z'", "enrolledAt: 2026-01-01T00:00:00", "time zone"),
        ("role: final", "role: last", "role"),
        ("builtOn: sha256:", "builtOn: sha512:", "builtOn"),
        ("  builtOnSince: '2026-01-01T00:00:00Z'\n", "", "builtOnSince"),
        ("  freshness: unknown", "  fresh: unknown", "fresh"),
        ("registry: ghcr.io", "registri: ghcr.io", "registri"),
        ("updateHistory:", "updateHistory: 7\nmore:", "updateHistory"),
    ],
)
def test_what_is_no_state_is_refused_by_its_field(before: str, after: str, field: str) -> None:
    """An unknown key or a value that is none is named, so that a person finds it."""
    assert before in TEXT
    with pytest.raises(InvalidState, match=field):
        read_image(TEXT.replace(before, after, 1))


@pytest.mark.parametrize("text", ["", "[]", "name: [", "a: &a [*a]", "just words", "name: portal\n"])
def test_any_other_text_is_refused(text: str) -> None:
    """Never another error, whatever stands there."""
    for read in (read_image, read_base):
        with pytest.raises(InvalidState):
            read(text)
