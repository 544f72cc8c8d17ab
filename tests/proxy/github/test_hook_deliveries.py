"""The deliveries of a webhook, with the fake GitHub."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from proxy.errors import Garbage, NotFound, Refused
from proxy.github.app import AppCredentials
from proxy.github.credentials import FixedToken
from proxy.github.hook_deliveries import APP_HOOK, HookDeliveries
from proxy.http.exchange import Answer
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret
from tests.peers.github.hook_state import Hook
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import Clock
from tests.proxy.github.keys import APP_ID, private_pem, public_pem
from tests.proxy.github.sessions import open_session

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OF_REPOSITORY = f"/repos/{NAME}/hooks/12"
OF_ORGANIZATION = "/orgs/acme/hooks/34"


@pytest.fixture(name="hook")
def made_hook(github: GitHub) -> Hook:
    """The webhook of a repository."""
    github.add_repository(NAME, FILES)
    return github.add_hook(f"{NAME}/12")


@pytest.fixture(name="deliveries")
def made_deliveries(github: GitHub, hook: Hook) -> Iterator[HookDeliveries]:
    """Its deliveries."""
    del hook
    with open_session(github.url) as session:
        yield HookDeliveries(partial(session.ask, owner="acme"), OF_REPOSITORY)


def test_attempts_are_listed_from_the_newest(github: GitHub, hook: Hook, deliveries: HookDeliveries) -> None:
    """Over several pages, as far back as asked for."""
    for number in range(250):
        github.attempt(hook, f"guid-{number}", 502 if number % 50 == 0 else 202, at=NOW + timedelta(minutes=number))

    found = deliveries.since(NOW + timedelta(minutes=20))
    assert [each.guid for each in found] == [f"guid-{number}" for number in range(249, 19, -1)]
    assert [each.guid for each in found if not each.succeeded] == [f"guid-{number}" for number in (200, 150, 100, 50)]
    assert found[0].delivered_at == NOW + timedelta(minutes=249)


def test_no_page_is_read_that_is_too_old(github: GitHub, hook: Hook, deliveries: HookDeliveries) -> None:
    """The list of a busy webhook has thousands of attempts."""
    for number in range(250):
        github.attempt(hook, f"guid-{number}", 202, at=NOW + timedelta(minutes=number))
    deliveries.since(NOW + timedelta(minutes=200))

    assert sum(seen.path.endswith("/deliveries") for seen in github.log) == 1


def test_an_attempt_is_made_again(github: GitHub, hook: Hook, deliveries: HookDeliveries) -> None:
    """It has the same guid."""
    failed = github.attempt(hook, "guid", 502, at=NOW)
    deliveries.send_again(deliveries.since(NOW)[0])

    assert [(each.guid, each.redelivery) for each in hook.attempts] == [("guid", False), ("guid", True)]
    assert hook.attempts[1].id != failed.id
    assert [each.succeeded for each in deliveries.since(NOW)] == [True, False]


def test_a_webhook_of_an_organization(github: GitHub) -> None:
    """It has other addresses."""
    github.add_owner("acme", "Organization")
    hook = github.add_hook("acme/34")
    github.attempt(hook, "guid", 502, at=NOW)
    with open_session(github.url) as session:
        deliveries = HookDeliveries(partial(session.ask, owner="acme"), OF_ORGANIZATION)
        deliveries.send_again(deliveries.since(NOW)[0])

    assert len(hook.attempts) == 2


def test_the_webhook_of_an_app_is_asked_with_its_key(github: GitHub, transport: Transport) -> None:
    """An App without a webhook has no deliveries, and that is no problem."""
    clock = Clock()
    github.state.clock = clock.now
    github.apps.register(APP_ID, public_pem())
    credentials = AppCredentials(transport, github.url, APP_ID, private_pem(), clock.now)
    deliveries = HookDeliveries(credentials.ask_as_app, APP_HOOK)
    before = clock.now() - timedelta(days=1)
    assert deliveries.since(before) == []
    hook = github.add_hook(APP_ID)
    for number in range(120):
        github.attempt(hook, f"guid-{number}", 502)
    found = deliveries.since(before)
    assert len(found) == 120
    deliveries.send_again(found[0])

    assert hook.attempts[-1].redelivery


def test_an_app_with_another_key_is_refused(github: GitHub, transport: Transport) -> None:
    """The message names the settings."""
    credentials = AppCredentials(transport, github.url, "999", private_pem(), lambda: datetime.now(UTC))
    with pytest.raises(Refused, match="IMAGE_FACTORY_GITHUB_APP_ID"):
        HookDeliveries(credentials.ask_as_app, APP_HOOK).since(NOW)


def test_a_token_without_the_right_is_refused(github: GitHub, hook: Hook) -> None:
    """GitHub says that there is no such webhook."""
    del hook
    github.add_token("ghp_weak", "weak", can_manage_hooks=False)
    with open_session(github.url, FixedToken(Secret("ghp_weak"))) as session, pytest.raises(NotFound):
        HookDeliveries(partial(session.ask, owner="acme"), OF_REPOSITORY).since(NOW)


GOOD = {"id": 1, "guid": "g", "delivered_at": "2026-11-22T12:00:00Z", "status_code": 200}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{}]",
        b"[1]",
        b"7",
        b"[" * 100_000,
        json.dumps([{**GOOD, "id": None}]).encode(),
        json.dumps([{**GOOD, "delivered_at": "yesterday"}]).encode(),
        json.dumps([{**GOOD, "delivered_at": "2026-11-22T12:00:00"}]).encode(),
        json.dumps([{**GOOD, "status_code": "OK"}]).encode(),
    ],
)
def test_an_answer_that_is_no_list_of_attempts_is_garbage(body: bytes) -> None:
    """It is tried again later."""
    answer = Answer(200, {}, body, "https://api.github.com/x")
    with pytest.raises(Garbage, match="cannot be read"):
        HookDeliveries(lambda *_: answer, OF_REPOSITORY).since(NOW)
