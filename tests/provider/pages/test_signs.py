"""One picture for what failed and one for what succeeded, on all pages."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from catalog.image import Conclusion, Status
from provider.pages.image.labels import FAILURE_ICON, SUCCESS_ICON, Sign, conclusion_sign, status_sign
from provider.pages.image.run_labels import status_choices, word_sign
from provider.pages.webhooks import delivery_sign
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.pages.labels import state_sign
from provider.webhook_ports import DeliveryState

RUNS = (*status_choices(), "timed_out", "startup_failure", "action_required", "neutral", "skipped", "stale")
SIGNS = {
    **{f"image {status}": status_sign(status) for status in Status},
    **{f"rebuild {conclusion}": conclusion_sign(conclusion) for conclusion in Conclusion},
    **{f"run {word}": word_sign(word) for word in RUNS},
    **{f"webhook {state}": delivery_sign(state) for state in DeliveryState},
    **{f"repository {state}": state_sign(state) for state in RepositoryState},
}
# A section says with its class how it is, and begins with an icon.
_SECTION = re.compile(r'class="state (good|bad)[^>]*>(?:<[^>]+>|\s)*<span aria-hidden="true">(.) ')
_WRITTEN = re.compile(r'"icon": "(.)", "word": [^}]*"tone": "(good|bad)"')
_MARKS_OF_RELEASES = {"✦", "★"}


@pytest.mark.parametrize("what", SIGNS)
def test_only_what_failed_has_the_picture_of_a_failure(what: str) -> None:
    """And only what succeeded that of a success, whatever it is."""
    sign = SIGNS[what]
    assert (sign.icon == FAILURE_ICON) == (sign.tone == "bad"), sign
    assert (sign.icon == SUCCESS_ICON) == (sign.tone == "good"), sign


@pytest.mark.parametrize(
    ("sign", "icon"),
    [
        (status_sign(Status.FAILED), FAILURE_ICON),
        (status_sign(Status.ERROR), FAILURE_ICON),
        (conclusion_sign(Conclusion.FAILURE), FAILURE_ICON),
        (conclusion_sign(Conclusion.TIMED_OUT), FAILURE_ICON),
        (word_sign("failure"), FAILURE_ICON),
        (word_sign("startup_failure"), FAILURE_ICON),
        (state_sign(RepositoryState.ERROR), FAILURE_ICON),
        (state_sign(RepositoryState.DEAD), FAILURE_ICON),
        (status_sign(Status.UP_TO_DATE), SUCCESS_ICON),
        (conclusion_sign(Conclusion.SUCCESS), SUCCESS_ICON),
        (word_sign("success"), SUCCESS_ICON),
        (state_sign(RepositoryState.OK), SUCCESS_ICON),
    ],
)
def test_images_rebuilds_runs_and_polls_have_the_same_pictures(sign: Sign, icon: str) -> None:
    """A person learns two pictures."""
    assert sign.icon == icon


def _templates(folder: Traversable) -> list[tuple[str, str]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _templates(entry)
        elif entry.name.endswith(".html"):
            found.append((entry.name, entry.read_text("utf-8")))
    return found


@pytest.mark.parametrize("room", ["provider.pages", "provider.tracker.pages"])
def test_templates_draw_the_same_pictures(room: str) -> None:
    """Also where a template writes a sign or a heading itself."""
    expected = {"good": SUCCESS_ICON, "bad": FAILURE_ICON}
    for name, text in _templates(files(room) / "templates"):
        written = [(icon, tone) for icon, tone in _WRITTEN.findall(text) if icon not in _MARKS_OF_RELEASES]
        sections = [(icon, tone) for tone, icon in _SECTION.findall(text)]
        assert [(icon, tone) for icon, tone in (*written, *sections) if icon != expected[tone]] == [], name
