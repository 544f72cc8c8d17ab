"""Tests of the question what is open."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from catalog.reference import Digest, ImageReference
from provider.domain.asking.request import Outcome, PersonRequest, RequestKind
from provider.domain.events import ImagePushed
from provider.operation_ports import OpenWork
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.open_work import SqlOpenWork
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.webhook_ports import Delivery

NOW = datetime(2026, 3, 1, tzinfo=UTC)


NONE = (None, None)
A, B = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)


def test_checks_by_name_are_for_a_reaction_and_a_check_of_everything_for_a_round(engine: Engine) -> None:
    """What is done is not open any more."""
    asked, found = SqlCheckRequests(engine), SqlOpenWork(engine)
    assert (found(), found().reactions) == (OpenWork((NONE, NONE, NONE)), False)
    asked.ask((), NOW)
    assert found() == OpenWork((NONE, NONE, NONE), whole_check=1)
    asked.ask(("portal",), NOW)
    assert (found(), found().reactions) == (OpenWork(((2, 2), NONE, NONE), whole_check=1), True)
    asked.done(asked.open())
    assert found() == OpenWork((NONE, NONE, NONE))


def test_open_deliveries_are_for_a_reaction(engine: Engine) -> None:
    """The oldest and the newest number show whether anything was done."""
    inbox, found = SqlWebhookInbox(engine), SqlOpenWork(engine)
    for number, digest in enumerate([A, B, A]):
        events = (ImagePushed(ImageReference("ghcr.io", "acme/app", "latest"), digest),)
        inbox.take(Delivery("github", str(number), NOW, "package", events))
    inbox.take(Delivery("github", "other", NOW, "star", reason="not used"))
    assert found() == OpenWork((NONE, (1, 3), NONE))
    inbox.done([1], "checked")
    assert (found(), found().reactions) == (OpenWork((NONE, (2, 3), NONE)), True)


def test_what_people_ask_for_is_for_a_reaction(engine: Engine) -> None:
    """Until its outcome is noted."""
    people, found = SqlPersonRequests(engine), SqlOpenWork(engine)
    people.ask(PersonRequest("a", RequestKind.REBUILD, "app", "because", "jane", NOW))
    people.ask(PersonRequest("b", RequestKind.HOLD, "app", "because", "jane", NOW))
    assert (found(), found().reactions) == (OpenWork((NONE, NONE, (1, 2))), True)
    people.close({"a": Outcome(done=True, message=""), "b": Outcome(done=True, message="")}, NOW)
    assert (found(), found().reactions) == (OpenWork((NONE, NONE, NONE)), False)
