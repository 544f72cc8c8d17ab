"""The format of messages in Slack."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.notifications.channels.blocks import rendered
from provider.notifications.channels.layout import Layout
from provider.notifications.message import Message, MessageKind
from tests.peers.slack.layout_limits import MESSAGE_TEXT, block_problems, length
from tests.peers.slack.state import Posted
from tests.provider.notifications.channels.samples import PUBLIC_URL, failure, rebuild

KEYS = {
    "releases": ("version", "date", "notes", "url", "hash", "prerelease", "channel", "variants", "change"),
    "causes": ("name", "reference", "digest", "previousDigest"),
    "items": ("name", "message", "page"),
    "repository": ("id", "name", "url", "type", "path"),
    "latest": ("version", "url"),
}
LONG = st.builds(lambda text, times: text * times, st.text(), st.sampled_from([1, 50, 2000]))
WEB = LONG.map(lambda text: f"https://{text}")
VALUES = LONG | WEB | st.none() | st.booleans() | st.integers()


def objects(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of its keys and any values."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS[name], VALUES))


def bodies() -> st.SearchStrategy[dict[str, Any]]:
    """Bodies of any kind, with unexpected values too."""
    lists = {name: st.lists(objects(name), max_size=14) | VALUES for name in ("releases", "causes", "items")}
    texts = dict.fromkeys(("image", "state", "reason", "error", "url", "requestedBy", "title"), VALUES)
    flags = dict.fromkeys(("over", "emergency", "count"), VALUES)
    about = {"repository": objects("repository"), "releases": lists["releases"], "latest": objects("latest")}
    lists["repositories"] = st.lists(st.fixed_dictionaries({}, optional=about), max_size=14)
    return st.fixed_dictionaries(
        {}, optional={**lists, **texts, **flags, **{name: objects(name) for name in ("repository", "latest")}}
    )


def shown(layout: Layout) -> str:
    """The text that a reader sees."""
    return Posted("C", "1", layout.text, layout.block_documents(), None).shown


@given(st.sampled_from(MessageKind), LONG, bodies())
def test_every_body_becomes_a_message_within_slacks_limits(
    kind: MessageKind, subject: str, body: dict[str, Any]
) -> None:
    """This holds for every body, and only our links contain an angle bracket."""
    layout = rendered(Message("m-1", kind, subject, body), PUBLIC_URL)

    assert block_problems(layout.block_documents()) == []
    assert 0 < length(layout.text) <= MESSAGE_TEXT
    sent = json.dumps([block for block in layout.block_documents() if block["type"] != "header"]) + layout.text
    assert sent.count("<") == len(re.findall("<https?://", sent))


@pytest.mark.parametrize(
    ("state", "title"),
    [("requested", "is requested"), ("running", "is running"), ("success", "succeeded"), ("timed_out", "timed out")],
)
def test_a_rebuild_shows_its_state(state: str, title: str) -> None:
    """It has the causes, and links to the workflow run and the image."""
    layout = rendered(rebuild(state, url="https://ci.example.com/1", error="it broke"), PUBLIC_URL)

    assert layout.text == f"portal: rebuild {title}"
    assert "• node:22 `none` → `bbbbbbbbbbbb`" in shown(layout)
    assert "it broke" in shown(layout)
    assert "<https://ci.example.com/1|workflow run>" in str(layout.block_documents())
    assert "<https://images.example.com/images/portal|portal>" in str(layout.block_documents())


def test_an_emergency_is_flagged() -> None:
    """The title says it, because notifications show the title."""
    assert rendered(rebuild(emergency=True), PUBLIC_URL).text == "🚨 portal: emergency rebuild is running"


def test_failures_are_listed() -> None:
    """Each has its message; the first ten are shown; the end of a failure has another icon."""
    many = rendered(failure(*(f"image-{number}" for number in range(12))), PUBLIC_URL)

    assert many.text == "⚠️ 12 images cannot be checked"
    assert "• image-9: registry.example.com is down" in shown(many)
    assert "• and 2 more" in shown(many)
    assert rendered(failure("portal", over=True), PUBLIC_URL).text.startswith("✅ ")


def test_a_solved_configuration_problem_without_a_name_has_no_empty_part() -> None:
    """The line has only the message."""
    items = [{"name": "", "message": "images.yaml:21: no tag", "page": False}]
    body = {"title": "a configuration problem is solved", "over": True, "count": 1, "items": items}

    assert "• images.yaml:21: no tag" in shown(rendered(Message("m", MessageKind.FAILURE, "", body), PUBLIC_URL))
