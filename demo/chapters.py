"""The story of the demo, one function for each part; each raises `Unexpected` if something goes wrong."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from demo.hooked import SECRET, Post, pushed, seconds_until
from demo.images import API, entry
from demo.narration import Narrator, short
from demo.story_world import StoryWorld

_LONGEST = 40.0
_NODE = "node-22"
_CVE = "CVE-2026-12345"
_REBUILT = ("base", "portal")


class Unexpected(Exception):
    """Something did not happen as expected; the message says what."""


def push_enrollments(world: StoryWorld, narrator: Narrator) -> None:
    """A person enrolls two images by git."""
    narrator.title("A person pushes two enrollments to the config repository")
    world.enroll_first()
    _until(narrator, lambda: world.settled(2), "the enrolled images did not become up to date")


def enroll_by_api(world: StoryWorld, narrator: Narrator) -> None:
    """A program enrolls a third image by the API: a dry run shows the result, then it is committed."""
    narrator.title("A team enrolls a third image, api, by the API")
    body = entry("api", world.registry.host, world.delay)
    dry = world.ask("POST", "/images?dryRun=true", body)
    narrator.line(f"POST /api/v1/images?dryRun=true: {_shown(dry.status, 200, dry.document)} in {dry.seconds:.2f}s")
    _describe(dry.document, narrator)
    made = world.ask("POST", "/images", body)
    shown = _shown(made.status, 201, made.document)
    narrator.line(f"POST /api/v1/images: {shown} in {made.seconds:.2f}s, commit {short(made.document['commit'])}")
    _until(narrator, world.settled, "the image that was enrolled by the API did not become up to date")


def change_dockerfile(world: StoryWorld, narrator: Narrator) -> None:
    """A push to a source repository is reported by GitHub's webhook, which signs its body."""
    narrator.title("A developer changes the Dockerfile of api, and GitHub's signed webhook reports the push")
    dockerfile = f"{API}COPY --from=busybox:1.36 /bin/busybox /bin/busybox\n"
    world.github.commit("acme/api", {"Dockerfile": dockerfile}, message="Add busybox")

    def found() -> bool:
        return any(each["name"] == "busybox-1-36" for each in world.image("api")["dependencies"])

    post = world.github_post("push", pushed("acme/api", "https://github.com/acme/api.git"))
    _measure(world, narrator, post, found, "api depends on busybox:1.36")
    _until(narrator, world.settled, "api did not become up to date after the change of its Dockerfile")


def publish_base(world: StoryWorld, narrator: Narrator) -> None:
    """A base image changes, a webhook reports it, and its dependents are rebuilt after the delay."""
    narrator.title("Upstream publishes a new node:22, and the registry's webhook reports it")
    _report_push(world, narrator)
    _until(narrator, lambda: _rebuilt(world, 1), "the images that depend on node:22 were not rebuilt")


def rebuild_in_an_emergency(world: StoryWorld, narrator: Narrator) -> None:
    """A vulnerability is fixed upstream: an emergency rebuild ignores the delay, and parents are still first."""
    narrator.title(f"Upstream fixes {_CVE} in node:22; an emergency rebuild does not wait for the delay")
    _report_push(world, narrator)
    impact = world.ask("GET", f"/images/{_NODE}/impact?emergency=true")
    narrator.line(f"GET /api/v1/images/{_NODE}/impact?emergency=true: {_shown(impact.status, 200, impact.document)}")
    for number, found in enumerate(impact.document["items"], start=1):
        why = found["reason"] or f"built from {' and '.join(found['path'][:-1]) or _NODE}"
        narrator.detail(f"{number}. {found['name']}: {why}")
    body = {"reason": "the fix cannot wait", "cve": _CVE, "emergency": True}
    asked = world.ask("POST", f"/images/{_NODE}/rebuilds", body)
    shown = _shown(asked.status, 202, asked.document)
    narrator.line(f"POST /api/v1/images/{_NODE}/rebuilds with emergency and {_CVE}: {shown}")
    _until(narrator, lambda: _rebuilt(world, 2), "the emergency rebuilds did not end")
    for name in _REBUILT:
        last = world.image(name)["lastRebuild"]
        if not last["emergency"] or last["conclusion"] != "success":
            raise Unexpected(f"the last rebuild of {name} is no emergency rebuild that succeeded")
        by = f"requested by {last['requestedBy']}"
        narrator.line(f"{name}: emergency rebuild {last['id']} ended: {last['conclusion']}, {by}")


CHAPTERS: Sequence[Callable[[StoryWorld, Narrator], None]] = (
    push_enrollments,
    enroll_by_api,
    change_dockerfile,
    publish_base,
    rebuild_in_an_emergency,
)


def _describe(planned: Mapping[str, Any], narrator: Narrator) -> None:
    """Print the result of a dry run: the diff, the dependencies and the findings in a line each."""
    lines = str(planned["diff"]).splitlines()
    added = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++") and line[1:].strip()]
    narrator.detail(f"nothing is committed; it would add {len(added)} lines to {planned['image']['file']}:")
    narrator.detail(f"  {added[0]} ... {added[-1].strip()}")
    for base in planned["dependencies"]:
        narrator.detail(f"depends on {base['written']}: {base['reference']}@{short(base['digest'])}")
    levels = Counter(finding["level"] for finding in planned["findings"])
    fields = ", ".join(finding["field"] for finding in planned["findings"])
    narrator.detail(f"checked {fields}: {levels['error']} errors, {levels['warning']} warnings")


def _report_push(world: StoryWorld, narrator: Narrator) -> None:
    digest = world.move().digest
    post = world.hub_post("library/node", "22")
    _measure(world, narrator, post, lambda: world.image(_NODE)["digest"] == digest, f"{_NODE} is at {short(digest)}")


def _measure(world: StoryWorld, narrator: Narrator, post: Post, done: Callable[[], bool], result: str) -> None:
    """Send a webhook, and print how soon it is answered and acted on.

    Raises:
        TimeoutError: it was not acted on.
        Unexpected: it was refused.
    """
    began = time.monotonic()
    status = world.say(post)
    answered = time.monotonic() - began
    if status != HTTPStatus.ACCEPTED:
        raise Unexpected(f"the webhook was answered with {status}")
    seconds = seconds_until(done, began)
    narrator.line(f"POST {post.path.replace(SECRET, 'SECRET')}: {status} in {answered:.2f}s")
    narrator.detail(f"{seconds:.1f}s after the webhook, {result}; the periodic checks find that within a day")


def _rebuilt(world: StoryWorld, times: int) -> bool:
    counts = Counter(name for name, _ in world.builds)
    return all(counts[name] >= times and world.image(name)["status"] == "up-to-date" for name in _REBUILT)


def _until(narrator: Narrator, done: Callable[[], bool], otherwise: str) -> None:
    if not narrator.report_until(done, _LONGEST):
        raise Unexpected(otherwise)


def _shown(status: int, expected: int, document: Mapping[str, Any]) -> str:
    """The status.

    Raises:
        Unexpected: it is another one; the message has the answer.
    """
    if status != expected:
        raise Unexpected(f"the API answered {status} instead of {expected}: {dict(document)}")
    return str(status)
