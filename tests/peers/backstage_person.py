"""A person who is signed in at a real Backstage, with the requests of the app in their browser."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

import requests

from tests.peers.backstage import Backstage

SERVICE: Final = "/api/proxy/image-factory"
"""Where Backstage's proxy plugin has the service."""

_REQUEST_SECONDS: Final = 30.0
_SIGN_IN_SECONDS: Final = 60.0
_TASK_SECONDS: Final = 60.0
_ENDED: Final = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Task:
    """A template that was run.

    Attributes:
        status: completed, failed or cancelled.
        output: what the template gives out; empty where it failed.
        log: what its steps said.
    """

    status: str
    output: dict[str, Any]
    log: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in; the token is good for an hour.

    Attributes:
        reference: `user:default/jane`.
        token: as Backstage's auth backend gave it.
    """

    backstage: Backstage
    reference: str
    token: str = field(repr=False)

    @classmethod
    def sign_in(cls, backstage: Backstage, name: str) -> Self:
        """Sign in with the header of an oauth2-proxy, after the catalog has the user and their groups.

        Until it has the groups, Backstage signs a user in without them.

        Raises:
            BackstageError: the catalog does not get the user.
        """
        reference = f"user:default/{name}"
        backstage.wait_for(lambda: _belongs_somewhere(backstage, reference), _SIGN_IN_SECONDS)
        return cls(backstage, reference, _token(backstage, "oauth2Proxy", {"X-Forwarded-User": name}))

    @classmethod
    def guest(cls, backstage: Backstage) -> Self:
        """Sign in without an account."""
        reference = "user:default/guest"
        backstage.wait_for(lambda: _belongs_somewhere(backstage, reference), _SIGN_IN_SECONDS)
        return cls(backstage, reference, _token(backstage, "guest", {}))

    @property
    def authorization(self) -> dict[str, str]:
        """The header that Backstage's own app sends."""
        return {"Authorization": f"Bearer {self.token}"}

    def ask(self, path: str, *, method: str = "GET", json: object = None, **headers: str) -> requests.Response:
        """A request to the service through Backstage's proxy; `If_None_Match` is sent as If-None-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            f"{self.backstage.url}{SERVICE}{path}",
            json=json,
            headers=self.authorization | named,
            timeout=_REQUEST_SECONDS,
        )

    def run_template(self, name: str, /, **values: object) -> Task:
        """Run a template of the catalog as this person, to its end.

        Raises:
            BackstageError: the catalog does not get the template, or the task does not end.
        """
        reference = f"template:default/{name}"
        self.backstage.wait_for(lambda: self.backstage.entity(reference), _TASK_SECONDS)
        tasks = f"{self.backstage.url}/api/scaffolder/v2/tasks"
        asked = {"templateRef": reference, "values": values}
        started = requests.post(tasks, json=asked, headers=self.authorization, timeout=_REQUEST_SECONDS)
        started.raise_for_status()
        task = f"{tasks}/{started.json()['id']}"
        status = self.backstage.wait_for(lambda: self._ended(task), _TASK_SECONDS)
        events: list[dict[str, Any]] = self._read(f"{task}/events")
        output = next((event["body"].get("output") for event in events if event["type"] == "completion"), None)
        return Task(status, output or {}, "\n".join(str(event["body"].get("message")) for event in events))

    def _ended(self, task: str) -> str | None:
        status = str(self._read(task)["status"])
        return status if status in _ENDED else None

    def _read(self, address: str) -> Any:
        response = requests.get(address, headers=self.authorization, timeout=_REQUEST_SECONDS)
        response.raise_for_status()
        return response.json()


def _belongs_somewhere(backstage: Backstage, reference: str) -> bool:
    entity = backstage.entity(reference) or {}
    return any(relation["type"] == "memberOf" for relation in entity.get("relations", []))


def _token(backstage: Backstage, provider: str, headers: dict[str, str]) -> str:
    response = requests.get(f"{backstage.url}/api/auth/{provider}/refresh", headers=headers, timeout=_REQUEST_SECONDS)
    response.raise_for_status()
    return str(response.json()["backstageIdentity"]["token"])
