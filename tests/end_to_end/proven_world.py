"""A world with one image for each kind of evidence: what is enrolled, what changes, and what the builds push."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import urllib3
import yaml

from demo.images import WORKFLOW
from demo.world import CONFIG, World
from tests.peers.fixtures import peers_installed
from tests.peers.github.runs import Run
from tests.peers.images import PushedImage, push
from tests.peers.process import wait_until
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import DEFAULT_LOGIN

_INPUT = "image_factory_base_images"
_OLD_WORKFLOW = "".join(line for line in WORKFLOW.splitlines(keepends=True) if _INPUT not in line)
_AMD64 = ("linux/amd64",)
_ALL = (*_AMD64, "linux/arm64")
_AFTER_A_WEEK, _AT_ONCE = "7d", "1s"
# A request that failed on a busy machine is tried again minutes later.
_LONGEST = 300
_BASE_LABEL = "org.opencontainers.image.base"


@dataclass(frozen=True, slots=True)
class Source:
    """One enrolled image.

    Attributes:
        dockerfile: the text of its Dockerfile, with `{registry}`, `{private}` and `{pinned}` to be filled in; None:
            the repository has none.
        base: the repository whose layers are the lowest layers of the image; None: it shares none.
        delay: its `rebuildDelay`.
        workflow: the workflow that builds it.
        build: what a build does: `obeys` and `ignores` the digests that it gets, `fails`, or `hangs`.
        labelled: whether labels name the image that it is built from.
        entry: other fields of its entry.
    """

    dockerfile: str | None
    base: str | None = None
    delay: str = _AFTER_A_WEEK
    workflow: str = WORKFLOW
    build: Literal["obeys", "ignores", "fails", "hangs"] = "obeys"
    labelled: bool = False
    entry: Mapping[str, object] = field(default_factory=dict)


SOURCES = {
    "no-value": Source("ARG V\nFROM node:${{V}}\n", "library/node"),
    "one-without-value": Source(
        "ARG V\nFROM node:$V AS build\nFROM node:22\nCOPY --from=build /a /a\n", "library/node"
    ),
    "absent-base": Source("FROM node:99\n"),
    "private-base": Source("FROM {private}/acme/secret:1\n"),
    "pinned": Source("FROM python:3@{pinned}\n", "library/python"),
    "pinned-old": Source("FROM perl:5@{old}\n", "library/perl"),
    "pinned-current": Source("FROM node:22@{current}\n", "library/node"),
    "pinned-alone": Source("FROM node@{current}\n", "library/node"),
    "child-of-pinned": Source("FROM {registry}/acme/pinned:latest\n", "acme/pinned"),
    "parent": Source("FROM debian:12\n", "library/debian"),
    "child": Source("FROM {registry}/acme/parent:latest\n", "acme/parent"),
    "grandchild": Source("FROM {registry}/acme/child:latest\n", "acme/child"),
    "doubtful-child": Source("FROM {registry}/acme/by-hand:latest\n", "acme/by-hand"),
    "by-hand": Source("FROM node:22\n"),
    "by-layers": Source("FROM node:22\n", "library/node"),
    "by-label": Source("FROM node:22\n", labelled=True),
    "no-dockerfile": Source(None),
    "label-alone": Source(None, labelled=True),
    "scratch": Source("FROM scratch\nCOPY a /\n"),
    "template": Source("FROM {{{{ base }}}}\n", "library/node"),
    "one-word": Source("FROM node:22\nCOPY --from=assets /a /a\n", "library/node"),
    "copy-without-value": Source("FROM node:22\nARG W\nCOPY --from=$W /a /a\n", "library/node"),
    "context": Source("FROM shared\n", "library/node"),
    "platform-without-value": Source("FROM --platform=$P node:22\n", "library/node"),
    "mount": Source("FROM node:22\nRUN --mount=type=bind,from=golang:1,target=/x true\n", "library/node"),
    "scratch-with-copy": Source("FROM scratch\nCOPY --from=tools:1 /a /a\n"),
    "child-of-error": Source("FROM {registry}/acme/template:latest\n", "acme/template"),
    "circle": Source("FROM {registry}/acme/circle:latest\n"),
    "final-only": Source(
        "FROM golang:1 AS build\nFROM node:22\nCOPY --from=build /a /a\n",
        "library/node",
        _AT_ONCE,
        entry={"rebuildOn": "final"},
    ),
    "unused-stage": Source("FROM golang:1 AS test\nFROM node:22\n", "library/node", _AT_ONCE),
    "lost-platform": Source(
        "FROM node:22\nCOPY --from=tools:1 /a /a\n",
        "library/node",
        _AT_ONCE,
        entry={"platforms": [*_ALL]},
    ),
    "ignores": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE, build="ignores"),
    "obeys": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE),
    "undeclared": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE, _OLD_WORKFLOW),
    "undeclared-flat": Source("FROM ruby:3\n", None, _AT_ONCE, _OLD_WORKFLOW),
    "by-hand-only": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE, entry={"autoRebuild": False}),
    "fails": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE, build="fails"),
    "hangs": Source("FROM ruby:3\n", "library/ruby", _AT_ONCE, build="hangs"),
    "next": Source(
        "FROM ruby:3 AS build\nFROM {registry}/acme/hangs:latest\nCOPY --from=build /a /a\n", "acme/hangs", _AT_ONCE
    ),
}
_TAGS = {
    "library/node": "22",
    "library/debian": "12",
    "library/python": "3",
    "library/perl": "5",
    "library/golang": "1",
    "library/tools": "1",
    "library/ruby": "3",
}
_MOVED = ("library/debian", "library/python", "library/golang", "library/ruby")
_BUILDS = ("ignores", "obeys", "undeclared", "undeclared-flat", "fails", "hangs")


class ProvenWorld(World):
    """The service with the images of `SOURCES`, and a private registry for which it has no credentials.

    Attributes:
        first: repository to its image before the changes.
        newest: repository to its image now.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, delay=_AT_ONCE)
        self._client = urllib3.PoolManager(retries=False, timeout=60)
        self.first: dict[str, PushedImage] = {}
        self.newest: dict[str, PushedImage] = {}

    def _start(self) -> None:
        (self.folder / "private").mkdir()
        self.private = self._stack.enter_context(DockerRegistry(self.folder / "private", login=DEFAULT_LOGIN))
        push(self.private.url, "acme/secret", ["1"], content="secret", credentials=DEFAULT_LOGIN)
        super()._start()

    def environment(self) -> dict[str, str]:
        """The settings of the service: both registries speak http."""
        hosts = f"{self.registry.host},{self.private.host}"
        return super().environment() | {"IMAGE_FACTORY_INSECURE_REGISTRIES": hosts}

    def enroll(self) -> None:
        """Push the base images and the images as people do, then images.yaml."""
        for repository in _TAGS:
            self._publish(repository, "first", platforms=_ALL if repository == "library/tools" else _AMD64)
        self._publish("library/perl", "moved")
        # A reference that is pinned without a tag has nothing to do with it.
        push(self.registry.url, "library/node", ["latest"], content="library/node latest")
        pinned = {
            "pinned": self.first["library/python"].digest,
            "old": self.first["library/perl"].digest,
            "current": self.first["library/node"].digest,
        }
        places = {"registry": self.registry.host, "private": self.private.host}
        # An image is pushed before those that are built from it.
        for name in sorted(SOURCES, key=_generation):
            source = SOURCES[name]
            files = {"README.md": "", ".github/workflows/build.yml": source.workflow}
            if source.dockerfile is not None:
                files["Dockerfile"] = source.dockerfile.format(**pinned, **places)
            self.github.add_repository(f"acme/{name}", files)
            self._push_image(name, "built by hand", source.base)
        entries = [self._entry(name, source) for name, source in SOURCES.items()]
        self.git.repositories.commit(CONFIG, {"images.yaml": yaml.safe_dump(entries)}, message="Enroll the images")

    def change(self) -> None:
        """Publish newer base images; the index of `tools` loses a platform."""
        for repository in _MOVED:
            self._publish(repository, "moved")
        self._publish("library/tools", "moved", index=True)

    def is_checked(self) -> bool:
        """Whether every image was checked, and nothing is still to be read."""
        images = self.images()
        return SOURCES.keys() <= images.keys() and all(
            images[name]["digest"]
            and (images[name]["discovery"] or {}).get("status") != "pending"
            # Which digest a dependency was built from is read in a later round.
            and not images[name]["reason"].endswith(("been read yet", "checked yet"))
            for name in SOURCES
        )

    def is_settled(self) -> bool:
        """Whether the service has seen every change, and every build that follows has ended."""
        images = self.images()
        digests = {image["reference"].partition("/")[2]: image["digest"] for image in images.values()}
        seen = all(digests.get(f"{name}:{tag}") == self.newest[name].digest for name, tag in _TAGS.items())
        names = {name for name, _ in self.builds}
        ended = all(images[name]["digest"] == self.newest[f"acme/{name}"].digest for name in names)
        waits = any(images[name]["status"] == "rebuilding" for name in names - {"hangs"})
        waits |= any("; grouping changes until" in image["reason"] for image in images.values())
        return seen and ended and not waits and names == set(_BUILDS) and self.is_checked()

    def get(self, path: str) -> str:
        """The text of an answer of the service; the status is 200.

        Raises:
            AssertionError: the status is another one.
        """
        status, text = self.answer(path)
        assert status == 200, f"{path}: {status} {text}"
        return text

    def answer(self, path: str) -> tuple[int, str]:
        """Status and text of any answer of the service."""
        answer = self._client.request("GET", self.url + path)
        return answer.status, answer.data.decode()

    def entities(self) -> dict[str, dict[str, Any]]:
        """The entities that Backstage reads, by name."""
        return {entity["metadata"]["name"]: entity for entity in yaml.safe_load_all(self.catalog()) if entity}

    def _entry(self, name: str, source: Source) -> Mapping[str, object]:
        where = {"provider": "github", "repo": f"acme/{name}", "branch": "main", "workflow": "build.yml"}
        return {
            "name": name,
            "registry": self.registry.host,
            "repository": f"acme/{name}",
            "rebuildDelay": source.delay,
            "source": where,
            **source.entry,
        }

    def _build(self, run: Run) -> None:
        """Build from the digests that came as input, or from what the workflow takes in their place."""
        name = run.repository.full_name.partition("/")[2]
        inputs = {key: str(value) for key, value in (run.inputs or {}).items()}
        self.builds.append((name, inputs))
        self.github.start(run.id)
        source = SOURCES[name]
        if source.build == "hangs":
            return
        if source.build == "fails":
            self.github.finish(run.id, "failure")
            return
        self._push_image(name, "rebuilt", source.base, old=source.build == "ignores")
        self.github.finish(run.id, "success")

    def _publish(
        self, repository: str, content: str, *, platforms: Sequence[str] = _AMD64, index: bool | None = None
    ) -> None:
        unique = f"{repository} {content}"
        image = push(
            self.registry.url, repository, [_TAGS[repository]], content=unique, platforms=platforms, index=index
        )
        self._keep(repository, image)

    def _push_image(self, name: str, content: str, base: str | None, *, old: bool = False) -> None:
        lower = (self.first if old else self.newest)[base] if base else None
        labels = {}
        if SOURCES[name].labelled:
            node = self.newest["library/node"].digest
            labels = {f"{_BASE_LABEL}.name": "docker.io/library/node:22", f"{_BASE_LABEL}.digest": node}
        image = push(
            self.registry.url, f"acme/{name}", ["latest"], content=f"{name} {content}", base=lower, labels=labels
        )
        self._keep(f"acme/{name}", image)

    def _keep(self, repository: str, image: PushedImage) -> None:
        self.first.setdefault(repository, image)
        self.newest[repository] = image


@contextmanager
def proven_world(folder: Path) -> Iterator[ProvenWorld]:
    """The world after the changes, when nothing moves any more."""
    with peers_installed(), ProvenWorld(folder) as world:
        world.enroll()
        wait_until(world.is_checked, "every image to be checked", _LONGEST)
        world.change()
        wait_until(world.is_settled, "the changes to be seen and the builds to end", _LONGEST)
        yield world


def passed_digests(inputs: Mapping[str, str]) -> list[str]:
    """The digests that a build got."""
    return [base["digest"] for base in json.loads(inputs.get(_INPUT) or "[]")]


def _generation(name: str) -> int:
    base = SOURCES[name].base or ""
    return _generation(base.partition("/")[2]) + 1 if base.startswith("acme/") else 0
