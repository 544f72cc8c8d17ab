"""The problems of messages and of tracked repositories."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.reference import ImageReference
from provider.composition.parts import Parts, utc_now
from provider.composition.problems import message_problems, note_outside_problems, problem_sources
from provider.composition.tracker import repository_problems
from provider.notifications.message import Message, MessageKind
from provider.notifications.queue_state import ChannelProblem, QueueState
from provider.settings import read_settings
from provider.store.operations.message_queues import SqlMessageQueues
from provider.store.outbox import SqlOutbox
from provider.tracker.decisions.kinds import RepositoryType
from proxy.errors import NotFound, Unavailable
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld
from tests.provider.web_images import NOW


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """A new installation."""
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{tmp_path / 'factory.db'}"})) as opened:
        yield opened


@pytest.mark.parametrize(("count", "words"), [(1, "(1 message waiting)"), (3, "(3 messages waiting)"), (0, "")])
def test_tracker_why_messages_wait_is_one_problem(parts: Parts, count: int, words: str) -> None:
    """It has the channel, since when, and what to do; also while no message waits yet."""
    outbox = SqlOutbox(parts.engine)
    for number in range(count):
        outbox.put(Message(f"m-{number}", MessageKind.REBUILD, "portal", {}), NOW)
    state = QueueState("slack", "#builds")
    outbox.record(state.waiting(ChannelProblem("not_in_channel", "Invite the app."), NOW, None))
    (problem,) = message_problems(SqlMessageQueues(parts.engine))

    assert (problem.kind, problem.where, problem.since) == ("slack", "#builds", NOW)
    assert (problem.message, problem.remedy) == (f"not_in_channel {words}".strip(), "Invite the app.")


def test_messages_that_slack_refuses_are_one_problem_for_each_reason(parts: Parts) -> None:
    """It has the number of its messages and the time of the oldest; what arrived or waits is not listed."""
    outbox = SqlOutbox(parts.engine)
    outbox.record(QueueState("slack", "#builds"))
    for number in range(5):
        outbox.put(Message(f"m-{number}", MessageKind.REBUILD, "portal", {}), NOW + timedelta(minutes=number))
    waiting = {message.id: message for message in outbox.due(9)}
    for number, text in ((3, "no_text"), (2, "no_text"), (1, "invalid_blocks")):
        outbox.refused(waiting[f"m-{number}"], text)
    outbox.sent(waiting["m-4"], "C1/1.0")
    found = [(problem.message, problem.since) for problem in message_problems(SqlMessageQueues(parts.engine))]

    assert found == [
        ("invalid_blocks (1 message)", NOW + timedelta(minutes=1)),
        ("no_text (2 messages)", NOW + timedelta(minutes=2)),
    ]


def test_a_repository_that_cannot_be_polled_is_a_problem_until_it_can() -> None:
    """It has the address, the error and since when; repositories that answer are no problem."""
    world = TrackerWorld()
    world.publish(RepositoryType.GITHUB, "acme/tool")
    world.add("https://github.com/acme/tool")
    failing = [world.add_unpolled(f"https://git.example.org/team/{name}", name) for name in ("one", "two")]
    world.sources[RepositoryType.GIT].fail("git.example.org/team/one", Unavailable("it cannot be reached"))
    world.sources[RepositoryType.GIT].fail("git.example.org/team/two", NotFound("there is no such repository"))
    for number in failing:
        with pytest.raises((Unavailable, NotFound)):
            world.parts.poller.poll_one(number)
    found = {problem.name: problem for problem in repository_problems(world.store)}

    assert set(found) == {"one", "two"}
    assert found["one"].message == "it cannot be reached"
    assert found["two"].where == "https://git.example.org/team/two"
    assert found["two"].since is not None
    assert all(problem.kind == "repository" and problem.remedy for problem in found.values())


def test_every_source_answers_in_a_new_installation(tmp_path: Path) -> None:
    """There is one for each kind, and nothing is wrong."""
    url = f"sqlite:///{tmp_path / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts:
        sources = problem_sources(parts.engine, parts.settings)
        assert [list(source()) for source in sources] == [[]] * len(sources)


def test_what_the_worker_cannot_use_is_shown_by_the_web_part(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Two processes: a credential helper that is not installed, and a registry that gets no requests for some time.

    Each is logged once.
    """
    file = tmp_path / "config.json"
    file.write_text('{"credHelpers": {"r.example.com": "not-installed"}}')
    url = f"sqlite:///{tmp_path / 'factory.db'}"
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": url, "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(file)})
    with Parts.open(settings) as worker:
        worker.registries.of(ImageReference.parse("ghcr.io/acme/app:1"))
        for _ in range(5):
            worker.registries._budgets["ghcr.io"].failed(utc_now())
        for _ in range(2):
            note_outside_problems(worker)
    with Parts.open(settings) as web:
        found = [problem for source in problem_sources(web.engine, web.settings) for problem in source()]

    helper, registry = found
    assert (helper.kind, helper.where) == ("credentials", "docker-credential-not-installed")
    assert (registry.kind, registry.where) == ("registries", "ghcr.io")
    assert registry.message.startswith("5 requests in a row failed; no requests go to ghcr.io before ")
    assert all(problem.remedy and problem.since for problem in found)
    assert [record.getMessage().split(": ")[:2] for record in caplog.records] == [
        ["credentials", "docker-credential-not-installed"],
        ["registries", "ghcr.io"],
    ]


LOGIN = {"username": "ci", "password": "hunter2-do-not-print"}


@pytest.mark.parametrize(
    ("content", "where", "message", "remedy"),
    [
        (None, "{file}", "IMAGE_FACTORY_REGISTRY_AUTH_FILE names this file, and it does not exist", "Mount or create"),
        ({"auths": {"no registry": LOGIN}}, "{file}: auths: no registry", "is not the address of a registry", "write"),
        ({"auths": {"r.example.com": {}}}, "{file}: auths: r.example.com", "no credentials", "Run docker login"),
        ({"credsStore": "gone"}, "docker-credential-gone", "credsStore names it, and it is not in PATH", "Install"),
    ],
)
def test_each_problem_of_the_auth_file_is_shown_with_file_key_and_remedy(
    content: object, where: str, message: str, remedy: str, tmp_path: Path
) -> None:
    """On the way from the file to the web part nothing is lost."""
    file = tmp_path / "config.json"
    if content is not None:
        file.write_text(json.dumps(content), encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'factory.db'}"
    settings = read_settings({"IMAGE_FACTORY_DATABASE_URL": url, "IMAGE_FACTORY_REGISTRY_AUTH_FILE": str(file)})
    with Parts.open(settings) as parts:
        note_outside_problems(parts)
        (found,) = (problem for source in problem_sources(parts.engine, parts.settings) for problem in source())

    assert (found.kind, found.where) == ("credentials", where.format(file=file))
    assert message in found.message
    assert found.remedy is not None
    assert found.remedy.startswith(remedy)
    assert "hunter2" not in repr(found)
