"""Images of three build systems in one service: GitHub Actions, GitLab pipelines and a webhook."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from demo.world import CONFIG, World
from tests.peers.cloud_events import EventReceiver
from tests.peers.gitlab.server import GitLab
from tests.peers.gitlab.state import TOKEN, Pipeline
from tests.peers.process import wait_until

PROJECT = "acme/team/lab"
SECRET = "the-first-webhook-secret"
_DOCKERFILE = "FROM node:22\nRUN true\n"
_POLICY = 'rules: [{files: images.d/team.yaml, sources: ["gitlab:acme/team/*"]}]\n'
_IMAGES = """\
- name: base
  registry: {registry}
  repository: acme/base
  rebuildDelay: 2s
  source: {{provider: github, repo: acme/base, workflow: build.yml}}
- name: hook
  registry: {registry}
  repository: acme/hook
  rebuildDelay: 2s
  source: {{provider: github, repo: acme/base}}
  build: {{system: webhook, url: "{receiver}/build"}}
"""
_TEAM = """\
- name: lab
  registry: {registry}
  repository: acme/lab
  rebuildDelay: 2s
  source: {{provider: gitlab, repo: {project}}}
  build: {{system: gitlab}}
- name: forbidden
  registry: {registry}
  repository: acme/forbidden
  rebuildDelay: 2s
  source: {{provider: gitlab, repo: {project}}}
  build: {{system: webhook, url: "{receiver}/build"}}
"""
NAMES = ("base", "hook", "lab", "forbidden")


class MixedWorld(World):
    """The world of the demo, with a GitLab below a path and a receiver of CloudEvents.

    Attributes:
        conclusion: how builds end.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.conclusion = "success"
        self._threads: list[threading.Thread] = []

    def _start(self) -> None:
        self.gitlab = self._stack.enter_context(GitLab("/gitlab"))
        self.gitlab.add_project(
            PROJECT, {"Dockerfile": _DOCKERFILE, ".gitlab-ci.yml": "image: {script: make}\n"}, private=True
        )
        self.gitlab.state.started = lambda pipeline: self._in_thread(lambda: self._build_at_gitlab(pipeline))
        self.receiver = self._stack.enter_context(
            EventReceiver(SECRET, lambda rebuild_id: self._in_thread(lambda: self._build_for_event(rebuild_id)))
        )
        self._stack.callback(self._join)
        super()._start()

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        settings = super().environment()
        return settings | {
            "IMAGE_FACTORY_PUBLIC_URL": self.url,
            "IMAGE_FACTORY_GITLAB_URL": self.gitlab.site,
            "IMAGE_FACTORY_GITLAB_TOKEN": TOKEN,
            "IMAGE_FACTORY_WEBHOOK_SECRET": f"{SECRET}, an-older-secret-of-all",
            "IMAGE_FACTORY_INSECURE_REGISTRIES": f"{self.registry.host},{self.receiver.host}",
        }

    def enroll(self) -> None:
        """Push the enrollments and the policy."""
        names = {"registry": self.registry.host, "receiver": self.receiver.url, "project": PROJECT}
        base = self._built["library/node"]
        for name in NAMES:
            self._push(f"acme/{name}", "latest", "built by hand", base)
        files = {
            "images.yaml": _IMAGES.format(**names),
            "images.d/team.yaml": _TEAM.format(**names),
            "policy.yaml": _POLICY,
        }
        self.git.repositories.commit(CONFIG, files, message="Enroll images of three build systems")

    def status(self, name: str) -> str:
        """The status of an image."""
        return str(self.image(name).get("status"))

    def wait_for(self, name: str, *statuses: str) -> None:
        """Wait until an image has one of these statuses."""
        wait_until(lambda: self.status(name) in statuses, f"{name} to be {' or '.join(statuses)}", 120)

    def wait_until_built(self, name: str) -> None:
        """Wait until an image was rebuilt and is up to date."""
        wait_until(lambda: self.counts()[name] > 0 and self.status(name) == "up-to-date", f"{name} to be rebuilt", 120)

    def counts(self) -> dict[str, int]:
        """The number of builds of each image that is enrolled here."""
        return {name: sum(built == name for built, _ in self.builds) for name in NAMES}

    def _build_at_gitlab(self, pipeline: Pipeline) -> None:
        variables = pipeline.variables
        self._make("lab", {name.lower(): value for name, value in variables.items()})
        self.gitlab.finish(pipeline.id, self.conclusion)

    def _build_for_event(self, rebuild_id: str) -> None:
        data = self.receiver.started[rebuild_id]
        assert self.receiver.report(rebuild_id, "running", url="https://ci.example.org/1") == 202
        self._make(data["image"], {"image_factory_base_images": json.dumps(data["baseImages"])})
        assert self.receiver.report(rebuild_id, "completed", self.conclusion, "https://ci.example.org/1") == 202

    def _make(self, name: str, inputs: Mapping[str, str]) -> None:
        self.builds.append((name, inputs))
        if self.conclusion == "success":
            (base,) = json.loads(inputs["image_factory_base_images"])
            self._push(f"acme/{name}", "latest", f"built on {base['digest']}", self._built[base["digest"]])

    def _in_thread(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(10)
        assert self.gitlab.breaches == []
        assert self.receiver.breaches == []
