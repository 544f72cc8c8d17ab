"""A hundred thousand tracked repositories with ten releases each, written directly into the tables."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from provider.store.engine import migrate, open_engine
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.news import NewsGroup
from provider.tracker.decisions.versions.order import ORDER_RULES, precedence, sort_text

RELEASES_EACH = 10
_TYPES = ("github", "git", "container")
# A prime number, so that names and ids have different orders.
_SHUFFLE = 7919


def populate(file: Path, count: int) -> None:
    """Create the database; one in a hundred repositories has an error, one in a thousand is dead."""
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        _insert(connection, "tracked_repositories", (_repository(number, count) for number in range(count)))
        _insert(connection, "tracked_texts", (_text(number, count) for number in range(count)))
        _insert(connection, "tracked_releases", _releases(count))
    connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    columns, values = ", ".join(first), ", ".join(f":{name}" for name in first)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - our own names
    connection.execute(statement, first)
    connection.executemany(statement, rows)


def _name(number: int, count: int) -> str:
    return f"app-{number * _SHUFFLE % count:06}"


def _state(number: int) -> str:
    return "dead" if number % 1000 == 7 else "error" if number % 100 == 3 else "ok"


def _repository(number: int, count: int) -> dict[str, object]:
    failing = _state(number) != "ok"
    return {
        "id": number + 1,
        "key": f"git:example.org/team-{number % 500}/app-{number}",
        "type": _TYPES[number % 3],
        "state": _state(number),
        "sorted_name": _name(number, count),
        "date_added": f"2025-{number % 12 + 1:02}-01 00:00:{number % 60:02}.000000",
        "last_polled": f"2026-01-01 {number % 24:02}:{number % 60:02}:00.000000",
        "latest_order": sort_text(precedence(f"{number % 7}.9.0", TagForm.SEMVER)),
        "latest_date": f"2026-01-{number % 28 + 1:02} 00:00:00.000000",
        "next_poll": f"2026-01-02 {number % 24:02}:{number % 60:02}:00.000000",
        "latest_id": (number + 1) * RELEASES_EACH,
        "name": _name(number, count),
        "url": f"https://example.org/team-{number % 500}/app-{number}.git",
        "path": f"example.org/team-{number % 500}/app-{number}",
        "tag_form": "any",
        "source": "",
        "include": "",
        "exclude": "",
        "prereleases": "tell",
        "announce": "all",
        "labels": "",
        "deployed_version": "",
        "error_at": "2026-01-01 00:00:00.000000" if failing else None,
        "error": "the host did not answer" if failing else None,
        "waiting_until": None,
        "waiting_for": None,
        "failures": int(failing),
        "failing_since": None,
        "failure_told": False,
        "dead": _state(number) == "dead",
        "memory": None,
        "baseline": False,
        "missing_since": None,
        "missing_polls": 0,
        "read_whole_at": None,
        "source_number": None,
        "renamed_from": None,
        "renamed_to": None,
        "renamed_at": None,
        "version": 1,
        "order_rules": ORDER_RULES,
        "notes": "What this is good for, in some words.",
    }


def _text(number: int, count: int) -> dict[str, object]:
    row = _repository(number, count)
    return {"repository": number + 1, "words": f"{row['name']}\n{row['url']}\n{row['notes']}".lower()}


def _releases(count: int) -> Iterator[dict[str, object]]:
    orders = [
        [sort_text(precedence(f"{major}.{minor}.0", TagForm.SEMVER)) for minor in range(RELEASES_EACH)]
        for major in range(7)
    ]
    for number in range(count * RELEASES_EACH):
        repository, minor = divmod(number, RELEASES_EACH)
        yield {
            "id": number + 1,
            "repository": repository + 1,
            "version": f"{repository % 7}.{minor}.0",
            "version_order": orders[repository % 7][minor],
            "standing": 3,
            "family": "",
            "scheme": 0,
            "date": f"2026-01-{repository % 28 + 1:02} 00:00:00.000000",
            "prerelease": False,
            "draft": False,
            "by_hand": False,
            "withdrawn": False,
            "removed": False,
            "listed_in": "tags",
            "first_seen": "2026-01-01 00:00:00.000000",
            "baseline": True,
            "news_group": int(NewsGroup.KNOWN_RELEASE),
            "number_text": f"{repository % 7}.{minor}.0",
            "moved_from": None,
            "moved_at": None,
            "url": f"https://example.org/releases/{number}",
            "hash": f"{number:040x}",
            "notes": "Fixes and improvements. " * 4,
        }
