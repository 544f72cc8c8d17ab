"""Lost deliveries are asked for once, with the fake GitHub and a database."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from provider.services.known_problems import hook_problems
from provider.services.webhook_upkeep.upkeep import WebhookUpkeep
from provider.store.engine import migrate, open_engine
from provider.store.operations.redeliveries import SqlRedeliveries
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.webhook_ports import Delivery, DeliveryFilter
from proxy.github.hook_deliveries import HookDeliveries, HookDelivery
from tests.peers.github.hook_state import Hook
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class UpkeepWorld:
    """GitHub with two webhooks, and what looks after them."""

    github: GitHub
    clock: Clock
    hooks: dict[str, Hook]
    upkeep: WebhookUpkeep
    redeliveries: SqlRedeliveries
    inbox: SqlWebhookInbox

    def fail(self, guid: str, status: int = 502, hook: str = "first") -> None:
        """An event that did not arrive."""
        self.github.attempt(self.hooks[hook], guid, status)

    def run(self, after: timedelta = timedelta()) -> None:
        """Let this time pass, then look."""
        self.clock.at += after
        self.upkeep.run()

    def repeated(self, hook: str = "first") -> list[str]:
        """The events that were delivered again."""
        return [each.guid for each in self.hooks[hook].attempts if each.redelivery]


@pytest.fixture(name="world")
def made_world(github: GitHub, tmp_path: Path) -> Iterator[UpkeepWorld]:
    """The world."""
    engine = open_engine(f"sqlite:///{tmp_path}/factory.db")
    migrate(engine)
    clock = Clock()
    github.state.clock = clock.now
    github.add_repository(NAME, FILES)
    hooks = {"first": github.add_hook(f"{NAME}/1"), "second": github.add_hook(f"{NAME}/2")}
    redeliveries, inbox = SqlRedeliveries(engine), SqlWebhookInbox(engine)
    with open_session(github.url, clock=clock) as session:
        ask = partial(session.ask, owner="acme")
        asked = {name: HookDeliveries(ask, f"/repos/{NAME}/hooks/{each}") for each, name in enumerate(hooks, 1)}
        yield UpkeepWorld(
            github, clock, hooks, WebhookUpkeep(asked, redeliveries, inbox, clock.now), redeliveries, inbox
        )
    engine.dispose()


def test_each_lost_event_is_asked_for_once(world: UpkeepWorld) -> None:
    """Even if it fails again; one that arrived is not asked for."""
    world.hooks["first"].next_status = 502
    for guid, status in (("lost", 502), ("arrived", 202), ("refused", 401), ("slow", 504)):
        world.fail(guid, status)
    for _ in range(4):
        world.run(10 * MINUTE)

    assert world.repeated() == ["lost", "refused", "slow"]


def test_what_fails_later_is_asked_for_at_the_next_look(world: UpkeepWorld) -> None:
    """Also what failed while the service was down, for three days."""
    world.run()
    world.fail("while down")
    world.clock.at += timedelta(days=2)
    world.fail("a moment ago")
    world.run()
    world.fail("too old")
    world.run(timedelta(days=4))

    assert world.repeated() == ["while down", "a moment ago"]


def test_a_killed_worker_does_not_ask_twice(world: UpkeepWorld) -> None:
    """It is noted before the request; an unknown outcome counts as asked for."""
    world.fail("lost")
    world.github.lose_answer("POST /repos/.*/attempts")
    world.run()
    world.run(10 * MINUTE)

    assert world.repeated() == ["lost"]


def test_a_request_that_was_not_carried_out_is_sent_later(world: UpkeepWorld) -> None:
    """GitHub's limit was used up; nothing is lost, and the limit is not asked again at once."""
    for number in range(3):
        world.fail(f"lost-{number}")
    world.github.fail("POST /repos/.*/attempts", 429, {"Retry-After": "60"})
    world.run()
    assert world.repeated() == []
    world.run(10 * MINUTE)

    assert world.repeated() == ["lost-0", "lost-1", "lost-2"]


def test_one_refused_event_does_not_stop_the_others(world: UpkeepWorld) -> None:
    """GitHub refuses what it no longer has."""
    world.fail("first")
    world.fail("second")
    world.github.fail("POST /repos/.*/attempts", 422, message="too old")
    world.run()

    assert world.repeated() == ["second"]
    assert ["too old" in problem.message for problem in hook_problems(world.redeliveries)] == [True]


def test_missing_rights_are_a_problem_that_is_logged_once(world: UpkeepWorld, caplog: pytest.LogCaptureFixture) -> None:
    """It is shown until it is solved; the other webhook goes on, and afterwards nothing is missing."""
    world.fail("lost")
    world.fail("other", hook="second")
    world.github.fail(f"GET /repos/{NAME}/hooks/1/deliveries", 404, message="Not Found", times=3)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            world.run(10 * MINUTE)

    (problem,) = hook_problems(world.redeliveries)
    assert (problem.kind, problem.where) == ("webhooks", "first")
    assert "404" in problem.message
    assert [record.getMessage().startswith("lost deliveries of first") for record in caplog.records] == [True]
    assert (world.repeated(), world.repeated("second")) == ([], ["other"])
    world.run(HOUR)
    assert world.repeated() == ["lost"]
    assert list(hook_problems(world.redeliveries)) == []


def test_an_unexpected_error_of_one_webhook_stops_no_other(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is logged, and shown as a problem."""
    world.fail("lost")
    world.fail("other", hook="second")
    real = SqlRedeliveries.asked
    monkeypatch.setattr(SqlRedeliveries, "asked", lambda self, guids: 1 / 0 if "lost" in guids else real(self, guids))
    world.run()

    assert (world.repeated(), world.repeated("second")) == ([], ["other"])
    assert ["internal error" in problem.message for problem in hook_problems(world.redeliveries)] == [True]


def test_old_deliveries_are_removed_from_the_inbox(world: UpkeepWorld) -> None:
    """After thirty days."""
    world.inbox.take(Delivery("github", "old", world.clock.now(), "push", reason="a tag"))
    world.run(timedelta(days=29))
    assert [each.delivery.id for each in world.inbox.every(DeliveryFilter())] == ["old"]
    world.run(timedelta(days=2))

    assert list(world.inbox.every(DeliveryFilter())) == []


def test_a_delivery_that_fails_unexpectedly_stops_no_other(world: UpkeepWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are asked for; the webhook shows the error."""
    send_again = HookDeliveries.send_again

    def odd(hook: HookDeliveries, delivery: HookDelivery) -> None:
        if delivery.guid == "odd":
            raise KeyError("odd")
        send_again(hook, delivery)

    monkeypatch.setattr(HookDeliveries, "send_again", odd)
    for guid in ("odd", "lost", "slow"):
        world.fail(guid)
    world.run(10 * MINUTE)

    assert world.repeated() == ["lost", "slow"]
    assert "internal error: KeyError" in next(iter(world.redeliveries.looks().values())).problem
