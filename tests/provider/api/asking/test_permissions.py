"""Who may ask for what: a row for each caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provider.auth.access import Access
from provider.auth.callers import CallerRole
from tests.peers.backstage_auth import BackstageAuth
from tests.provider.api.asking.images import TEAM_A, TEAM_B, asked_images
from tests.provider.auth.visits import Clock, backstage_at
from tests.provider.operation_web import SERVICE_TOKENS, OperationWorld, headers, operation_world
from tests.provider.web_images import digest

ADMINS = "group:default/admins"
WHY: dict[str, object] = {"reason": "the certificates expired"}
ACTS: dict[str, tuple[str, str, dict[str, object]]] = {
    "rebuild": ("POST", "api/rebuilds", WHY),
    "emergency": ("POST", "api/rebuilds", {**WHY, "emergency": True}),
    "emergency of a base": ("POST", "node/rebuilds", {**WHY, "emergency": True}),
    "emergency of an unused base": ("POST", "unused/rebuilds", {**WHY, "emergency": True}),
    "hold": ("POST", "api/hold", WHY),
    "release": ("DELETE", "api/hold", {}),
    "skip": ("POST", "api/skips", {**WHY, "digest": digest("a")}),
    "unskip": ("DELETE", "api/skips", {"digest": digest("a")}),
}
ALLOWED = {"emergency of an unused base": 409}
"""What the caller may do and the image cannot; everything else that is allowed is 202."""


@dataclass(slots=True)
class Court:
    """The web part, and a Backstage that signs the tokens of people."""

    world: OperationWorld
    backstage: BackstageAuth

    def statuses(self, sent: dict[str, str]) -> dict[str, int]:
        """The status of each act, in the order of the table."""
        return {
            act: self.world.client.open(f"/api/v1/images/{path}", method=method, json=body, headers=sent).status_code
            for act, (method, path, body) in ACTS.items()
        }

    def person(self, *groups: str, **claims: object) -> dict[str, str]:
        """The headers of Jane, who is a member of these groups."""
        self.backstage.groups["user:default/jane"] = list(groups)
        return {"Authorization": f"Bearer {self.backstage.user_token(**claims)}"}  # type: ignore[arg-type]


@pytest.fixture(name="court")
def made_court(tmp_path: Path) -> Iterator[Court]:
    """With a group of admins."""
    with BackstageAuth() as backstage:
        access = Access(SERVICE_TOKENS, backstage=backstage_at(backstage, Clock()), admins=(ADMINS,))
        with operation_world(tmp_path, asked_images(), access) as world:
            yield Court(world, backstage)


def expected(*allowed: str) -> dict[str, int]:
    """The statuses of a caller who may do these acts and no others."""
    return {act: ALLOWED.get(act, 202) if act in allowed else 403 for act in ACTS}


EMERGENCIES = ("emergency", "emergency of a base", "emergency of an unused base")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (CallerRole.READ, ()),
        (CallerRole.REBUILD, ("rebuild",)),
        (CallerRole.EMERGENCY, EMERGENCIES),
        (CallerRole.ADMIN, tuple(ACTS)),
    ],
)
def test_a_service_token_has_the_rights_of_its_role(court: Court, role: CallerRole, allowed: tuple[str, ...]) -> None:
    """A scanner's token may ask for emergencies, and nothing else."""
    assert court.statuses(headers(role)) == expected(*allowed)


@pytest.mark.parametrize(
    ("groups", "allowed"),
    [
        ((), ()),
        ((TEAM_B,), ()),
        ((TEAM_A,), ("rebuild", "emergency", "hold", "release", "skip", "unskip")),
        ((TEAM_A, TEAM_B), ("rebuild", "emergency", "emergency of a base", "hold", "release", "skip", "unskip")),
        ((ADMINS,), tuple(ACTS)),
    ],
)
def test_a_person_has_the_rights_of_an_owner(court: Court, groups: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    """Without rights, of another team, of the team, of every team that is concerned, and an admin."""
    assert court.statuses(court.person(*groups)) == expected(*allowed)


@pytest.mark.parametrize("sent", ["expired", "forged", "none", "wrong"])
def test_a_caller_who_is_not_known_gets_401(court: Court, sent: str) -> None:
    """An expired token, one that another key signed, no token, and a wrong one; nothing is stored."""
    token = {
        "expired": court.person(TEAM_A, exp=1),
        "forged": {"Authorization": court.person(TEAM_A)["Authorization"][:-8] + "AAAAAAAA"},
        "none": {},
        "wrong": {"X-Image-Factory-Token": "a-token-that-nobody-has"},
    }[sent]
    assert set(court.statuses(token).values()) == {401}
    assert court.world.people.open() == []
    assert court.world.get("/api/v1/audit")["items"] == []


def test_a_refused_attempt_is_in_the_audit(court: Court) -> None:
    """With who tried it, and why."""
    court.statuses(court.person(TEAM_B))
    records = court.world.get("/api/v1/audit")["items"]
    assert {record["outcome"] for record in records} == {"not-allowed"}
    assert {record["caller"] for record in records} == {"user:default/jane"}
    assert [record["action"] for record in reversed(records)] == [
        "rebuild", "emergency", "emergency", "emergency", "hold", "release", "skip", "unskip"
    ]  # fmt: skip


def test_an_emergency_token_reads_and_changes_nothing_else(court: Court) -> None:
    """Checks and the release tracker are not for it."""
    sent = headers(CallerRole.EMERGENCY)
    assert court.world.client.get("/api/v1/images", headers=sent).status_code == 200
    assert court.world.client.post("/api/v1/checks", json={}, headers=sent).status_code == 403
