"""The web part as a process composes it, beside a GitHub, a Backstage and a config repository, and its callers."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from catalog.image import Image
from provider.auth.callers import CallerRole
from provider.composition.parts import Parts, utc_now
from provider.composition.web import web_app
from provider.ports import ReportedProblem
from provider.settings import read_settings
from tests.peers.backstage_auth import BackstageAuth
from tests.peers.exchange import json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import answered
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.provider.config_repo.repositories import Remote
from tests.provider.permissions.acts import Act
from tests.provider.web_images import base, dependency, digest, managed

TEAM_A, TEAM_B, ADMINS = "group:default/team-a", "group:default/team-b", "group:default/admins"
PUBLIC_URL = "http://factory.example"
GITHUB_SECRET, SHARED_SECRET = "a-secret-of-github-alone", "a-secret-of-all-others"
SENT = 20
"""How many requests of each act may be sent to one world."""
_REGISTRY = "127.0.0.1:9"  # nothing listens there
TOKENS = {role: f"a-token-of-role-{role.value}" for role in CallerRole}
_POLICY = f"""\
rules:
  - files: images.d/team-a.yaml
    owners: [{TEAM_A}]
    images: ["{_REGISTRY}/acme/*"]
"""
_SEEN = re.compile(r'name="seen"[^>]*value="([^"]+)"')
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Sender:
    """A caller as the web part sees it: a client with its cookies, and the headers of each request."""

    client: FlaskClient
    headers: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""


@dataclass(slots=True)
class PermissionWorld:
    """The web part, and what its requests need."""

    app: Flask
    github: GitHub
    backstage: BackstageAuth
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def senders(self) -> dict[str, Callable[[], Sender]]:
        """The callers by the name of their column; each call makes one."""
        return {
            "no token": self._anonymous,
            "expired token": lambda: self._person("olga", TEAM_A, exp=1),
            "forged token": self._forger,
            "person": lambda: self._person("nina"),
            "other team": lambda: self._person("bob", TEAM_B),
            "owner": lambda: self._person("olga", TEAM_A),
            "admins": lambda: self._person("adam", ADMINS),
            **{role.value: partial(self._service, role) for role in CallerRole},
            "session": lambda: self._browser(PUBLIC_URL),
            "other site": lambda: self._browser("https://evil.example"),
        }

    def status(self, act: Act, sender: Sender) -> int:
        """The status of the answer."""
        known = self._known(act)
        headers = dict(sender.headers)
        more: dict[str, Any] = {}
        if act.form is not None:
            fields = {"csrf_token": self._csrf(sender), **act.form}
            more["data"] = {name: text.format_map(known) for name, text in fields.items()}
            if act.upload:
                more["data"]["file"] = (BytesIO(act.upload.format_map(known).encode()), "repositories.csv")
            headers["Origin"] = sender.origin or PUBLIC_URL
        elif sender.origin:
            headers["Origin"] = sender.origin
        if act.json is not None:
            more["json"] = {key: _filled(value, known) for key, value in act.json.items()}
        return sender.client.open(
            act.path.format_map(known), method=act.method, headers=headers, base_url=PUBLIC_URL, **more
        ).status_code

    def _known(self, act: Act) -> dict[str, object]:
        """What the act names, made for this request alone."""
        number = next(self._numbers) % SENT
        known: dict[str, object] = {
            "number": number,
            "key": f"key-{number}",
            "registry": _REGISTRY,
            "token": TOKENS[CallerRole.ADMIN],
            "user_token": self.backstage.user_token("user:default/nina"),
        }
        if "{run}" in act.path:
            run = self.github.add_run("acme/portal", "build.yml", conclusion="failure")
            known["run"] = run.id
        if "tool-{number}" in str(act.json) + str(act.form):
            self._publish(number)
        if "{repository}" in act.path:
            known |= self._tracked()
        if "{release}" in act.path:
            made = self._as_admin("POST", f"/api/v1/repositories/{known['repository']}/releases", {"version": "0.9.0"})
            known["release"] = made["id"]
        self._prepare(act)
        if act.form and "seen" in act.form:
            known |= {"seen": self._seen(act.path.format_map(known))}
        return known

    def _prepare(self, act: Act) -> None:
        """Hold the image, or skip the digest, that the act is about to release."""
        image = "/api/v1/images/app"
        if act.path.endswith("/import/owner"):
            self.github.script("GET /orgs/acme/repos", answered(json_answer(200, [])))
        if (act.method == "DELETE" and act.path.endswith("/hold")) or act.path.endswith("/ask/release"):
            self._as_admin("POST", f"{image}/hold", {"reason": "why"})
        if (act.method == "DELETE" and act.path.endswith("/skips")) or act.path.endswith("/ask/unskip"):
            self._as_admin(
                "POST", f"{image}/skips", {"reason": "why", "digest": (act.json or act.form or {})["digest"]}
            )

    def _seen(self, path: str) -> str:
        """What the form of an entry shows of the version that it changes."""
        admin = self._service(CallerRole.ADMIN)
        found = _SEEN.search(admin.client.get(path, headers=admin.headers, base_url=PUBLIC_URL).text)
        return found[1] if found else ""

    def _tracked(self) -> dict[str, object]:
        number = next(self._numbers) + 1000
        self._publish(number)
        url = f"https://github.com/acme/tool-{number}"
        made = self._as_admin("POST", "/api/v1/repositories", {"url": url})
        return {"repository": made["id"], "url": url, "version": made["version"]}

    def _publish(self, number: int) -> None:
        self.github.add_repository(f"acme/tool-{number}", {"README.md": "A tool"})

    def _as_admin(self, method: str, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        admin = self._service(CallerRole.ADMIN)
        answer = admin.client.open(path, method=method, json=dict(body), headers=admin.headers)
        assert answer.status_code < 300, answer.text
        return dict(answer.get_json())

    def _csrf(self, sender: Sender) -> str:
        page = sender.client.get("/repositories/new", base_url=PUBLIC_URL, headers=sender.headers)
        if not (found := _CSRF.search(page.text)):
            page = sender.client.get("/login", base_url=PUBLIC_URL)
            found = _CSRF.search(page.text)
        assert found, page.text
        return found[1]

    def _anonymous(self) -> Sender:
        return Sender(self.app.test_client())

    def _service(self, role: CallerRole) -> Sender:
        return Sender(self.app.test_client(), {"X-Image-Factory-Token": TOKENS[role]})

    def _person(self, name: str, *groups: str, **claims: object) -> Sender:
        user = f"user:default/{name}"
        self.backstage.groups[user] = list(groups)
        token = self.backstage.user_token(user, **claims)  # type: ignore[arg-type]  # claims of any name
        return Sender(self.app.test_client(), {"Authorization": f"Bearer {token}"})

    def _forger(self) -> Sender:
        with BackstageAuth() as other:
            other.user_keys = [replace(other.user_keys[0], id=self.backstage.user_keys[0].id)]
            token = other.user_token("user:default/adam", iss=self.backstage.issuer)
        return Sender(self.app.test_client(), {"Authorization": f"Bearer {token}"})

    def _browser(self, origin: str) -> Sender:
        """A browser in which the admin is signed in, on a page of this origin."""
        sender = Sender(self.app.test_client())
        form = {"token": TOKENS[CallerRole.ADMIN], "csrf_token": self._csrf(sender)}
        answer = sender.client.post("/login", base_url=PUBLIC_URL, data=form, headers={"Origin": PUBLIC_URL})
        assert answer.status_code == 303, answer.text
        return replace(sender, origin=origin)


def images() -> list[Image]:
    """`app` of team A, `lib` of team B, both built from `node`; `claimed` says that it is team A's, and may not."""
    edge = replace(dependency("node"), built_on=digest("a"), newest=digest("b"))
    source = {"source": {"provider": "github", "repo": "acme/portal", "workflow": "build.yml"}}
    other = {"source": {"provider": "github", "repo": "acme/library", "workflow": "build.yml"}}
    return [
        base("node"),
        managed("app", enrollment=source, dependencies=(edge,), owner=TEAM_A),
        managed("lib", enrollment=other, dependencies=(edge,), owner=TEAM_B),
        managed("claimed", enrollment=source, owner=TEAM_A, owner_acts=False),
    ]


@contextmanager
def permission_world(folder: Path) -> Iterator[PermissionWorld]:
    """The world; every request is answered by the code and the settings of the service."""
    entries = [
        _entry(name, TEAM_A)
        for name in ("app", *(f"{kind}-{number}" for kind in ("old", "spare") for number in range(SENT)))
    ]
    files = {
        "images.yaml": f"# Ours\n{_entry('lib', TEAM_B)}",
        "images.d/team-a.yaml": "".join(entries),
        "images.d/free.yaml": _entry("claimed", TEAM_A),
        "policy.yaml": _POLICY,
    }
    remote = Remote.make(folder / "remote.git", files)
    with GitHub() as github, BackstageAuth() as backstage:
        github.add_repository("acme/portal", FILES)
        tokens = ",".join(f"{role.value}:{role.value}:{text}" for role, text in TOKENS.items())
        settings = read_settings(
            {
                "IMAGE_FACTORY_DATABASE_URL": f"sqlite:///{folder}/index.db",
                "IMAGE_FACTORY_CONFIG_REPO": str(remote.folder),
                "IMAGE_FACTORY_CONFIG_CHECKOUT": f"{folder}/config",
                "IMAGE_FACTORY_GITHUB_API_URL": github.url,
                "IMAGE_FACTORY_GITHUB_TOKEN": TOKEN,
                "IMAGE_FACTORY_INSECURE_REGISTRIES": _REGISTRY,
                "IMAGE_FACTORY_REGISTRY_AUTH_FILE": f"{folder}/none.json",
                "IMAGE_FACTORY_API_TOKENS": tokens,
                "IMAGE_FACTORY_BACKSTAGE_URL": backstage.url,
                "IMAGE_FACTORY_ADMINS": ADMINS,
                "IMAGE_FACTORY_PUBLIC_URL": PUBLIC_URL,
                "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET": GITHUB_SECRET,
                "IMAGE_FACTORY_WEBHOOK_SECRET": SHARED_SECRET,
            }
        )
        with Parts.open(settings) as parts:
            parts.index.replace(images(), {})
            waiting = tuple(f"gone-{number}" for number in range(8))
            text = "8 of the 8 images of this file would be removed"
            problem = ReportedProblem("", "text", text, "images.d/team-b.yaml", 1, removes=waiting)
            parts.index.report([problem], utc_now())
            yield PermissionWorld(web_app(parts), github, backstage)


def _entry(name: str, owner: str) -> str:
    return f"- name: {name}\n  registry: {_REGISTRY}\n  repository: acme/{name}\n  owner: {owner}\n"


def _filled(value: object, known: Mapping[str, object]) -> object:
    if not isinstance(value, str):
        return value
    name = value.strip("{}")
    return known[name] if value == f"{{{name}}}" else value.format_map(known)
