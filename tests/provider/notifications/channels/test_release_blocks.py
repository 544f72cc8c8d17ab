"""The message about new releases in Slack."""

import pytest

from provider.notifications.channels.blocks import rendered
from provider.notifications.message import Message
from tests.peers.slack.layout_limits import block_problems
from tests.provider.notifications.channels.samples import PUBLIC_URL, release, releases
from tests.provider.notifications.channels.test_blocks import shown


def test_a_release_shows_its_version_date_and_notes() -> None:
    """It has links to the page of the release and to our page."""
    layout = rendered(releases(release(notes="Fixes `a` & b", prerelease=True)), PUBLIC_URL)

    assert layout.text == "tool 1.2.3 (pre-release)"
    assert "1.2.3* · 2026-11-20 · pre-release" in shown(layout)
    assert "Fixes `a` & b" in shown(layout)
    sent = str(layout.block_documents())
    assert "<https://github.com/acme/tool/releases/tag/1.2.3|1.2.3>" in sent
    assert "<https://images.example.com/repositories/7|all releases>" in sent


@pytest.mark.parametrize(
    ("change", "title", "words"),
    [
        ("new", "tool 1.2.3", "1.2.3"),
        ("promoted", "tool 1.2.3 is no longer a pre-release", "no longer a pre-release"),
        ("moved", "tool 1.2.3: its tag was moved", "the tag was moved, from `abababababab"),
    ],
)
def test_tracker_a_message_says_what_is_new_about_a_release(change: str, title: str, words: str) -> None:
    """A release can be promoted, or its tag moved, after it was announced."""
    found = {**release(), "change": change, "previousHash": "ab" * 20}
    layout = rendered(releases(found), PUBLIC_URL)
    assert layout.text == title
    assert words in shown(layout)


def test_tracker_several_releases_are_one_message() -> None:
    """The first ten are shown, and the number of the others."""
    layout = rendered(releases(*(release(f"1.{number}.0") for number in range(12, 0, -1))), PUBLIC_URL)

    assert layout.text == "tool: 1.12.0, 1.11.0, 1.10.0 and 9 more"
    assert "1.12.0" in shown(layout)
    assert "1.3.0" in shown(layout)
    assert "1.2.0" not in shown(layout)
    assert "and 2 more" in shown(layout)


def test_tracker_long_notes_are_cut_with_a_link() -> None:
    """The link leads to the page of the release, or to our page if the release has none."""
    long = "word " * 1000
    with_page = str(rendered(releases(release(notes=long)), PUBLIC_URL).block_documents())
    without = str(rendered(releases(release(notes=long, url="javascript:alert(1)")), PUBLIC_URL).block_documents())

    assert "…\\n<https://github.com/acme/tool/releases/tag/1.2.3|read more>" in with_page
    assert "…\\n<https://images.example.com/repositories/7|read more>" in without
    assert "javascript" not in without


def with_body(message: Message, **body: object) -> Message:
    """The message with more in its body."""
    return Message(message.id, message.kind, message.subject, {**message.body, **body})


@pytest.mark.parametrize(("count", "title", "below"), [(500, 497, 490), (12, 9, 2), (3, 9, 2), ("x", 9, 2)])
def test_releases_that_are_not_in_the_message_are_counted(count: object, title: int, below: int) -> None:
    """In the title, and below those that are shown."""
    many = releases(*(release(f"1.{number}.0") for number in range(12, 0, -1)))
    layout = rendered(with_body(many, count=count), PUBLIC_URL)
    assert layout.text == f"tool: 1.12.0, 1.11.0, 1.10.0 and {title} more"
    assert f"and {below} more" in shown(layout)


@pytest.mark.parametrize(
    ("versions", "title"),
    [
        (["v11.2.0", "v11.1.5"], "tool: v11.2.0 and v11.1.5"),
        (["3", "2", "1"], "tool: 3, 2 and 1"),
        (["4", "3", "2", "1"], "tool: 4, 3, 2 and 1"),
        (["5", "4", "3", "2", "1"], "tool: 5, 4, 3 and 2 more"),
    ],
)
def test_tracker_the_title_names_the_versions(versions: list[str], title: str) -> None:
    """Phones and screen readers get nothing else."""
    layout = rendered(releases(*map(release, versions)), PUBLIC_URL)

    assert layout.text == title
    assert layout.block_documents()[0]["text"]["text"] == title


def test_tracker_a_message_says_which_repository_it_is_about() -> None:
    """Its type and its path: the repository and the image of a product have one name."""
    path = {"id": 7, "name": "grafana", "url": "https://github.com/grafana/grafana", "type": "github"}
    sent = str(
        rendered(with_body(releases(), repository={**path, "path": "grafana/grafana"}), PUBLIC_URL).block_documents()
    )
    assert "'github · <https://github.com/grafana/grafana|grafana/grafana> · <https://images." in sent

    image = {"id": 8, "name": "grafana", "url": "docker.io/grafana/grafana", "type": "container"}
    page = {"path": "docker.io/grafana/grafana", "page": "https://hub.docker.com/r/grafana/grafana"}
    sent = str(rendered(with_body(releases(), repository={**image, **page}), PUBLIC_URL).block_documents())
    assert "'container · <https://hub.docker.com/r/grafana/grafana|docker.io/grafana/grafana> · <https://images" in sent


def test_tracker_a_backport_says_what_the_latest_release_is() -> None:
    """Not where the message is about the latest release itself."""
    latest = {"version": "v2.0.0", "url": "https://github.com/acme/tool/releases/tag/v2.0.0"}
    backport = rendered(with_body(releases(release("v1.9.9")), latest=latest), PUBLIC_URL)
    assert backport.text == "tool v1.9.9; latest is v2.0.0"
    assert f"latest is <{latest['url']}|v2.0.0>" in str(backport.block_documents())

    both = rendered(with_body(releases(release("v2.0.0"), release("v1.9.9")), latest=latest), PUBLIC_URL)
    assert both.text == "tool: v2.0.0 and v1.9.9"
    assert "latest is" not in str(both.block_documents())


def test_tracker_a_release_of_a_channel_names_it() -> None:
    """In the title and beside its version."""
    layout = rendered(releases(release("nightly-20261129", prerelease=True, channel="nightly")), PUBLIC_URL)

    assert layout.text == "tool nightly-20261129 (pre-release, nightly)"
    assert "· pre-release, nightly" in shown(layout)


def test_tracker_variants_of_a_version_are_named() -> None:
    """The first eight of them."""
    few = rendered(releases(release(variants=["1.2.3-alpine", "1.2.3-bookworm"])), PUBLIC_URL)
    assert "also as -alpine, -bookworm" in shown(few)

    many = rendered(releases(release(variants=[f"-v{number}" for number in range(10)])), PUBLIC_URL)
    assert "-v6, -v7, 2 more" in shown(many)


def test_tracker_each_of_several_releases_has_its_share_of_the_notes() -> None:
    """Of the notes that are shown: a comment of GitHub's takes nothing of it."""
    notes = "<!-- Release notes generated using configuration in .github/release.yml at main -->\n" * 20 + "word " * 400
    blocks = rendered(releases(*(release(str(number), notes=notes) for number in range(10))), PUBLIC_URL)
    shares = [text for block in blocks.block_documents() if "word" in (text := str(block.get("text", {}).get("text")))]

    assert len(shares) == 10
    assert all(280 <= len(text.partition("\n")[0]) <= 300 for text in shares)
    assert block_problems(blocks.block_documents()) == []
