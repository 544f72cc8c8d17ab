"""The quick way for many digests: whatever does not go well is asked for once more, by itself."""

import threading
from collections import Counter

import pytest

from catalog.reference import Digest, ImageReference
from proxy.deadline import Deadline
from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable
from proxy.http.budgets.budget import Limits
from proxy.http.transport import Transport
from proxy.ports import CheckedDigest, Unchanged
from proxy.registries.oci import OciRegistry
from proxy.secrets.docker_config import Login
from tests.peers.exchange import Answer, Request
from tests.proxy.registries.token_registry import DIGEST, FOUND, TokenRegistry, token_registry
from tests.proxy.scripted import ScriptedHost, limited, registries

MANY = 300
LOGIN = Login("ci", "hunter2-do-not-print")


def wanted(host: ScriptedHost, *names: str, many: int = MANY) -> list[tuple[ImageReference, None]]:
    """Many references, and these among the last of them."""
    every = [f"r{number}" for number in range(many)]
    every[-10:-10] = names
    return [(host.image(f"{name}:1"), None) for name in every]


def by_name(answers: list[CheckedDigest]) -> dict[str, object]:
    """The results by repository, each of which is there once."""
    assert max(Counter(reference for reference, _ in answers).values()) == 1
    return {reference.repository: answer for reference, answer in answers}


def test_every_digest_costs_one_request(transport: Transport, host: ScriptedHost) -> None:
    """None is asked for twice, and each is answered once."""
    host.script = lambda _: FOUND
    found = by_name(list(registries(transport).check(wanted(host))))

    assert len(found) == MANY
    assert set(found.values()) == {DIGEST}
    assert sum(request.method == "HEAD" for request in host.requests) == MANY
    assert host.connections <= 64


def test_only_the_first_ones_are_asked_for_one_by_one(
    transport: Transport, host: ScriptedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They show what the registry wants."""
    host.script = lambda _: FOUND
    singly: list[ImageReference] = []
    digest = OciRegistry.digest

    def noting(self: OciRegistry, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        singly.append(reference)
        return digest(self, reference, known)

    monkeypatch.setattr(OciRegistry, "digest", noting)
    assert len(by_name(list(registries(transport).check(wanted(host))))) == MANY
    assert len(singly) == 16


def test_a_digest_that_is_known_is_unchanged(transport: Transport, host: ScriptedHost) -> None:
    """With 304, and with 200 and the same digest."""
    host.script = lambda request: Answer(304) if request.target[-3] in "13579" else FOUND
    known = [(host.image(f"r{number}:1"), DIGEST) for number in range(MANY)]

    assert set(by_name(list(registries(transport).check(known))).values()) == {Unchanged()}
    assert {request.headers["if-none-match"] for request in host.requests if request.method == "HEAD"} == {
        f'"{DIGEST}"'
    }


ODD: dict[str, tuple[Answer | None, type[object]]] = {
    "absent": (Answer(404), NotFound),
    "refused": (Answer(403), Refused),
    "broken": (Answer(500), Unavailable),
    "limited": (Answer(429), Unavailable),
    "cut": (None, Unavailable),
    "elsewhere": (Answer(307, b"", (("Location", "/v2/moved/manifests/1"),)), str),
    "odd": (Answer(307, b"", (("Location", "http://["),)), OutsideFailure),
    "realm": (Answer(401, b"", (("WWW-Authenticate", 'Bearer realm="//"'),)), OutsideFailure),
    "unspoken": (Answer(200), OutsideFailure),
    "unasked": (Answer(304), OutsideFailure),
}


def test_what_does_not_go_well_has_its_own_result(transport: Transport, host: ScriptedHost) -> None:
    """As for a single reference; all others have their digests."""

    def script(request: Request) -> Answer | None:
        name = request.path.split("/")[2]
        return ODD[name][0] if name in ODD else FOUND

    host.script = script
    found = by_name(list(registries(transport).check(wanted(host, *ODD))))

    for name, (_, kind) in ODD.items():
        assert isinstance(found.pop(name), kind), name
    assert len(found) == MANY
    assert set(found.values()) == {DIGEST}


def test_a_repository_that_is_silent_holds_up_no_other(transport: Transport, host: ScriptedHost) -> None:
    """Whether it is among the first ones or among the others: the others are there while it is silent."""
    over, missing = threading.Event(), threading.Semaphore(0)

    def script(request: Request) -> Answer:
        if "/silent" in request.path:
            over.wait(20)
        return FOUND

    host.script = script
    every = [(host.image("silent-first:1"), None), *wanted(host, "silent-last")]
    found: list[CheckedDigest] = []

    def sweep() -> None:
        for answer in registries(transport).check(every, Deadline.after(60)):
            found.append(answer)
            missing.release()

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        assert all(missing.acquire(timeout=15) for _ in range(MANY))
        assert {reference.repository for reference, _ in found} == {f"r{number}" for number in range(MANY)}
    finally:
        over.set()
        thread.join(20)
    assert len(by_name(found)) == MANY + 2


@pytest.mark.parametrize("grants", [1, 1000], ids=["one at a time", "in batches"])
@pytest.mark.parametrize("login", [None, LOGIN], ids=["anonymous", "with a login"])
def test_tokens_are_requested_once(transport: Transport, grants: int, login: Login | None) -> None:
    """One for each repository, or one for each batch; credentials go to the token server alone."""
    with token_registry() as registry:
        registry.grants = grants
        logins = {registry.registry.host: login} if login else {}
        trusted = {registry.registry.host: registry.tokens.host}
        asked = registries(transport, logins, trusted_realms=trusted)
        found = by_name(list(asked.check(wanted(registry.registry, many=400))))

        assert set(found.values()) == {DIGEST}
        assert len(registry.token_requests) <= (400 + 20 if grants == 1 else 12)
        assert all(bool(request.authorization) is bool(login) for request in registry.tokens.requests)
        assert not any(request.authorization.startswith("Basic") for request in registry.registry.requests)


def test_a_token_that_has_expired_is_replaced(transport: Transport) -> None:
    """Also where all tokens have, in the middle of a round."""
    with token_registry() as registry:
        asked = registries(transport)
        first = wanted(registry.registry, many=400)
        assert set(by_name(list(asked.check(first))).values()) == {DIGEST}
        registry.expired = set(registry.scopes)

        assert set(by_name(list(asked.check(first))).values()) == {DIGEST}


def test_a_repository_without_access_is_refused_alone(transport: Transport) -> None:
    """The token of its batch is enough for the others."""
    with token_registry() as registry:
        registry.forbidden = {"secret"}
        found = by_name(list(registries(transport).check(wanted(registry.registry, "secret", many=400))))

        assert isinstance(found.pop("secret"), Refused)
        assert set(found.values()) == {DIGEST}


def token_server_that(registry: TokenRegistry, answer: Answer) -> None:
    """The token server grants the first 80 tokens, and answers this from then on."""
    grant = registry.tokens.script
    registry.tokens.script = lambda request: grant(request) if len(registry.tokens.requests) < 80 else answer


@pytest.mark.parametrize(
    "answer", [Answer(500), Answer(401), Answer(200, b"<html>"), Answer(429, b"", (("Retry-After", "60"),))]
)
def test_a_token_server_that_fails_ends_no_round(transport: Transport, answer: Answer) -> None:
    """Every reference has a result, and no request goes on for ever."""
    with token_registry() as registry:
        registry.grants = 1
        token_server_that(registry, answer)
        found = by_name(list(registries(transport).check(wanted(registry.registry))))

        assert len(found) == MANY
        assert DIGEST in found.values()
        assert sum(isinstance(each, OutsideFailure) for each in found.values()) > MANY // 2
        assert len(registry.tokens.requests) < 3 * MANY


def test_a_registry_that_begins_to_fail_is_not_asked_for_everything(transport: Transport, host: ScriptedHost) -> None:
    """After some failures the ordinary way goes on, which stops at a pause."""
    host.script = lambda _: FOUND if len(host.requests) < 100 else Answer(503, b"", (("Retry-After", "120"),))
    found = by_name(list(registries(transport).check(wanted(host))))

    assert len(found) == MANY
    assert all(each == DIGEST or isinstance(each, Unavailable) for each in found.values())
    assert len(host.requests) < MANY


def test_the_number_of_concurrent_requests_is_kept(transport: Transport, host: ScriptedHost) -> None:
    """All ways together send no more at a time than the budget allows."""
    host.script = lambda _: FOUND
    registry = limited(transport, host.host, Limits(None, 0, 5, 0))

    assert set(by_name(list(registry.check(wanted(host)))).values()) == {DIGEST}
    assert 1 <= host.connections <= 5


def test_nothing_begins_late(transport: Transport, host: ScriptedHost) -> None:
    """In the last five seconds of a round no request is sent; what was not sent is kept for the next round."""
    host.script = lambda _: FOUND
    found = by_name(list(registries(transport).check(wanted(host), Deadline.after(4.0))))

    assert len(found) == MANY
    assert not [request for request in host.requests if request.method == "HEAD"]


def test_a_round_that_is_given_up_leaves_nothing_behind(transport: Transport, host: ScriptedHost) -> None:
    """Its places are free for the next one."""
    host.script = lambda _: FOUND
    asked = registries(transport)
    for _ in range(3):
        round_ = asked.check(wanted(host))
        for _ in range(150):
            next(round_)
        round_.close()  # type: ignore[attr-defined]  # every adapter returns a generator

    assert set(by_name(list(asked.check(wanted(host)))).values()) == {DIGEST}
