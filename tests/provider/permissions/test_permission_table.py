"""Who may do what: each row of docs/permissions.md is a test, and every route that changes something has a row."""

from collections.abc import Iterator

import pytest

from provider.webhooks.received import WebhookSender
from provider.webhooks.table import WEBHOOK_SENDERS
from tests.provider.permissions.acts import ACTS
from tests.provider.permissions.permission_table import rows_of
from tests.provider.permissions.permission_world import PermissionWorld, permission_world
from tests.provider.permissions.webhook_requests import right_secret, webhook_status

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_EXPECTED = rows_of("act")
_WEBHOOKS = rows_of("webhook")


@pytest.fixture(name="world", scope="module")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PermissionWorld]:
    """The web part as a process composes it; the acts of all rows share it."""
    with permission_world(tmp_path_factory.mktemp("permissions")) as world:
        yield world


@pytest.mark.parametrize("name", ACTS)
def test_each_caller_may_do_what_the_table_says(world: PermissionWorld, name: str) -> None:
    """One act by every caller; where it may, it is done."""
    senders = world.senders()
    assert {caller: world.status(ACTS[name], make()) for caller, make in senders.items()} == _EXPECTED[name]


@pytest.mark.parametrize("sender", WEBHOOK_SENDERS, ids=lambda sender: str(sender.name))
def test_a_webhook_needs_the_proof_of_its_sender(world: PermissionWorld, sender: WebhookSender) -> None:
    """A forged one is refused, and a token of the API is no proof."""
    client, admin = world.app.test_client(), world.senders()["admin"]()
    assert {
        "right proof": webhook_status(client, sender, right_secret(sender), {}),
        "forged proof": webhook_status(client, sender, "a-guess-of-an-attacker", {}),
        "no proof": webhook_status(client, sender, None, {}),
        "admin's token": webhook_status(client, sender, None, admin.headers),
    } == _WEBHOOKS[sender.name]


def test_every_route_that_changes_something_is_in_the_table(world: PermissionWorld) -> None:
    """A new one needs a line in `acts.py` and a row in docs/permissions.md."""
    adapter = world.app.url_map.bind("factory.example")
    known = dict.fromkeys(("number", "repository", "release", "run"), 1)
    listed = {
        (adapter.match(act.path.partition("?")[0].format_map(known), act.method)[0], act.method)
        for act in ACTS.values()
    }
    listed |= {(f"webhooks.{name}", "POST") for name in _WEBHOOKS}
    routes = {(rule.endpoint, method) for rule in world.app.url_map.iter_rules() for method in rule.methods or ()}

    assert {route for route in routes if route[1] in _WRITES} - listed == set()


def test_the_table_has_every_act_and_every_sender() -> None:
    """No row is left out, and none is unknown."""
    assert list(_EXPECTED) == list(ACTS)
    assert list(_WEBHOOKS) == [sender.name for sender in WEBHOOK_SENDERS]
