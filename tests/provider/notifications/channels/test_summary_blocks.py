"""The message about new releases of many repositories in Slack."""

from typing import Any

import pytest

from provider.notifications.channels.blocks import rendered
from provider.notifications.channels.layout import Layout
from provider.notifications.message import Message, MessageKind
from tests.peers.slack.layout_limits import block_problems
from tests.provider.notifications.channels.samples import PUBLIC_URL, release
from tests.provider.notifications.channels.test_blocks import shown


def about(name: str, *releases: dict[str, object], **others: object) -> dict[str, object]:
    """What a message says about one repository."""
    repository = {"id": 7, "name": name, "type": "github", "path": f"acme/{name}"}
    return {"repository": repository, "releases": list(releases), **others}


def summary(*repositories: dict[str, object], count: int | None = None, daily: bool = False) -> Layout:
    """The message, in Slack's format."""
    body: dict[str, Any] = {"repositories": list(repositories), "count": count or len(repositories), "daily": daily}
    return rendered(Message("m", MessageKind.SUMMARY, "releases", body), PUBLIC_URL)


@pytest.mark.parametrize(
    ("number", "daily", "title"),
    [
        (1, True, "Daily summary: 1 repository has new releases: app-0 1.0"),
        (2, False, "2 repositories have new releases: app-0 1.0; app-1 1.0"),
        (5, True, "Daily summary: 5 repositories have new releases: app-0 1.0; app-1 1.0; app-2 1.0; 2 more"),
    ],
)
def test_tracker_the_title_names_the_first_repositories(number: int, daily: bool, title: str) -> None:
    """Phones and screen readers get nothing else."""
    assert summary(*(about(f"app-{each}", release("1.0")) for each in range(number)), daily=daily).text == title


def test_tracker_each_repository_has_a_line() -> None:
    """With its versions, what they are, the latest release where it is another, its type and its path."""
    layout = summary(
        about("tool", release("2.0.0-rc.1", prerelease=True), release("1.9.9"), latest={"version": "1.10.0"}),
        about("other", release("3.0.0", change="promoted")),
    )

    assert "• *tool* 2.0.0-rc.1 (pre-release), 1.9.9 · latest is 1.10.0 · github · acme/tool" in shown(layout)
    assert "• *other* 3.0.0 (no longer a pre-release) · github · acme/other" in shown(layout)
    assert "<https://images.example.com/releases|all new releases>" in str(layout.block_documents())


def test_tracker_a_long_summary_is_cut_with_a_link() -> None:
    """It says how many repositories are not shown."""
    long = [about(f"app-{each}" + "x" * 90, *(release(f"{n}.0" + "0" * 200) for n in range(9))) for each in range(100)]
    layout = summary(*long, count=1_000, daily=True)

    assert block_problems(layout.block_documents()) == []
    assert "<https://images.example.com/releases|and 960 more>" in str(layout.block_documents())
    assert "and 6 more" in shown(layout)
