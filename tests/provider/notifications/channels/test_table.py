"""The table of channels, and the channel that the settings select."""

import importlib
import inspect
import logging
import pkgutil

import pytest

from provider.notifications import channels as notifiers
from provider.notifications.channels.log import LogNotifier, line_of
from provider.notifications.channels.slack import SlackNotifier
from provider.notifications.channels.table import NOTIFIERS, RELEASE_NOTIFIERS, notifier_of
from provider.notifications.message import Message, MessageKind
from provider.settings.reading import read_settings
from tests.provider.notifications.channels.samples import failure, rebuild, release, releases
from tests.proxy.scripted import real_transport

SLACK = {"IMAGE_FACTORY_SLACK_TOKEN": "xoxb-1234567890", "IMAGE_FACTORY_SLACK_CHANNEL": "#builds"}


def test_every_class_has_its_line() -> None:
    """Every module with a channel has a line in the table."""
    names = [it.name for it in pkgutil.iter_modules(notifiers.__path__) if it.name != "table"]
    modules = [importlib.import_module(f"provider.notifications.channels.{name}") for name in names]
    classes: set[object] = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "send") and hasattr(kind, "find")
    }

    assert classes == {*NOTIFIERS, *RELEASE_NOTIFIERS}


@pytest.mark.parametrize(
    ("missing", "kind"),
    [
        ((), SlackNotifier),
        (("IMAGE_FACTORY_SLACK_TOKEN",), LogNotifier),
        (("IMAGE_FACTORY_SLACK_CHANNEL",), LogNotifier),
    ],
)
def test_tracker_without_a_token_or_a_channel_it_is_the_log(missing: tuple[str, ...], kind: type[object]) -> None:
    """With both the channel is Slack."""
    environ = {name: value for name, value in SLACK.items() if name not in missing}
    assert type(notifier_of(read_settings(environ), real_transport())) is kind


def test_the_log_has_a_line_for_each_message(caplog: pytest.LogCaptureFixture) -> None:
    """Text from outside cannot start a new line, and long text is cut."""
    caplog.set_level(logging.INFO)
    channel = LogNotifier()
    for message in (
        releases(release("1.0\nERROR forged"), release("2.0")),
        rebuild("failure", error="x" * 2000),
        failure("portal"),
        Message("m", MessageKind.SUMMARY, "releases", {"repositories": [releases(release("1.0")).body], "count": 3}),
    ):
        channel.update(message, channel.send(message))
    lines = [record.getMessage() for record in caplog.records][::2]

    assert lines[0] == "new releases of tool: 1.0 ERROR forged, 2.0"
    assert lines[1].startswith("rebuild of portal: failure; xxx")
    assert len(lines[1]) == 1000
    assert lines[2] == "1 images cannot be checked: portal: registry.example.com is down"
    assert lines[3] == "3 repositories have new releases: tool 1.0; 2 more"


@pytest.mark.parametrize(
    ("title", "items", "line"),
    [
        (
            "a configuration problem is solved",
            [{"name": "", "message": "images.yaml:21: no tag"}],
            "a configuration problem is solved: images.yaml:21: no tag",
        ),
        ("portal can be checked again", [{"name": "portal", "message": ""}], "portal can be checked again"),
        ("portal cannot be checked", [{"name": "portal", "message": "404"}], "portal cannot be checked: 404"),
        (
            "2 images can be checked again",
            [{"name": "images", "message": ""}, {"name": "api", "message": ""}],
            "2 images can be checked again: images; api",
        ),
    ],
)
def test_the_line_about_a_failure_has_no_empty_parts(title: str, items: list[dict[str, str]], line: str) -> None:
    """A name or a message that is empty is left out, and one image is named only once."""
    assert line_of(Message("failure:1", MessageKind.FAILURE, "x", {"title": title, "items": items})) == line
