"""docs/logs.md lists each event that can be logged, as it is logged."""

import ast
import re
from string import Formatter

from tests.architecture.log_events import LogEvent, log_events
from tests.architecture.source_tree import ROOT, modules

_ROW = re.compile(r"\| `(?P<name>\w+)` \| (?P<levels>[\w, ]+) \| (?P<keys>[^|]*) \| (?P<sentence>[^|]*) \|")
_RESERVED = {"time", "level", "logger", "event", "message", "traceback", "trace_id"}
# They set the levels of libraries' loggers, give a library a logger, or are what the events are logged by.
_LOGGERS_ELSEWHERE = {
    "provider/jobs/dbos_jobs.py",
    "provider/notifications/channels/slack.py",
    "provider/observing/logs.py",
    "proxy/cloud/acr.py",
    "proxy/cloud/gar.py",
    "proxy/observing/event_log.py",
}


def _documented(event: LogEvent) -> str:
    """The row of the table for this event."""
    keys = ", ".join(f"`{key}`" for key in sorted(event.keys))
    levels = ", ".join(sorted(level.replace("exception", "error") for level in event.levels))
    return f"| `{event.name}` | {levels} | {keys} | {event.sentence.replace('|', '/')} |"


def test_the_table_lists_each_event_as_it_is_logged() -> None:
    """Name, level, keys and sentence are those of the source, and no event is missing or left over."""
    text = (ROOT / "docs" / "logs.md").read_text("utf-8")
    rows = [match.group() for match in _ROW.finditer(text)]
    assert sorted(rows) == sorted({_documented(event) for event in log_events()})
    names = [match["name"] for match in _ROW.finditer(text)]
    assert len(names) == len(set(names)), "one event, one row"


def test_each_event_has_a_name_and_a_sentence_in_the_source() -> None:
    """Programs search for the name, so it is computed nowhere; a key is never one that every event has."""
    assert [event.place for event in log_events() if not (event.well_named and event.sentence)] == []
    assert [event.place for event in log_events() if event.keys & _RESERVED] == []


def test_each_sentence_names_only_keys_of_its_event() -> None:
    """A name in braces that is no key would be an error where the event is logged."""
    named = {event.place: {key for _, key, _, _ in Formatter().parse(event.sentence) if key} for event in log_events()}
    assert [event.place for event in log_events() if not named[event.place] <= event.keys] == []


def test_everything_is_logged_as_an_event() -> None:
    """No module takes a logger of its own, whose lines would have no event."""
    takers = {
        module.path
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "getLogger"
    }
    assert takers == _LOGGERS_ELSEWHERE
