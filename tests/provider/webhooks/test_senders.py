"""What each sender's payloads are read as."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Conclusion
from catalog.reference import Digest, ImageReference
from provider.domain.events import (
    BuildReported,
    Event,
    Ignored,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)
from provider.webhooks.builds import BUILDS
from provider.webhooks.cloud_events import CLOUD_EVENTS
from provider.webhooks.distribution import DISTRIBUTION
from provider.webhooks.docker_hub import DOCKER_HUB
from provider.webhooks.github import GITHUB
from provider.webhooks.gitlab import GITLAB
from provider.webhooks.harbor import HARBOR
from provider.webhooks.quay import QUAY
from provider.webhooks.received import ReceivedWebhook, WebhookSender
from provider.webhooks.table import WEBHOOK_SENDERS
from tests.provider.webhooks.deliveries import (
    CD_EVENT,
    DOCKER_HUB_PUSH,
    GITLAB_PIPELINE,
    GITLAB_PUSH,
    GITLAB_RELEASE,
    GITLAB_TAG,
    HARBOR_CLOUD_EVENT,
    HARBOR_PUSH,
    OUR_CLOUD_EVENT,
    QUAY_PUSH,
    A,
    B,
    github_sample,
    registry_event,
    request_with,
)

HELLO = "Codertocat/Hello-World"
HELLO_ADDRESSES = (
    f"https://github.com/{HELLO}.git",
    f"git@github.com:{HELLO}.git",
    f"https://github.com/{HELLO}",
)
DIASPORA_ADDRESSES = (
    "http://example.com/mike/diaspora.git",
    "git@example.com:mike/diaspora.git",
    "http://example.com/mike/diaspora",
)


def image(text: str, digest: str | None = None) -> ImagePushed:
    """The event for this reference."""
    return ImagePushed(ImageReference.parse(text), Digest(digest) if digest else None)


def read(sender: WebhookSender, payload: object, *, subject: str = "", **headers: str) -> tuple[Event, ...] | str:
    """The events of a payload, or why it is ignored."""
    found = sender.read(request_with(payload, subject=subject, **headers)).events
    return found.reason if isinstance(found, Ignored) else found


def run(**changed: object) -> dict[str, Any]:
    """GitHub's example of a run, with other values of the run."""
    document = github_sample("workflow_run.1")
    return {**document, "workflow_run": {**document["workflow_run"], **changed}}


def package(**changed: object) -> dict[str, Any]:
    """An example of a container package, with other values of its version."""
    document = github_sample("package.container-multiarch")
    version = {**document["package"]["package_version"], **changed}
    return {**document, "package": {**document["package"], "package_version": version}}


GITHUB_EVENTS: list[tuple[str, dict[str, Any], Event]] = [
    ("ping", github_sample("ping.0"), Pinged()),
    (
        "push",
        github_sample("push.0", ref="refs/heads/release/1.x"),
        SourcePushed("github", HELLO, HELLO_ADDRESSES, "release/1.x"),
    ),
    (
        "push",
        {"ref": "refs/heads/main", "repository": {"full_name": HELLO}, "deleted": False},
        SourcePushed("github", HELLO, (), "main"),
    ),
    ("package", github_sample("package.container-multiarch"), image("ghcr.io/octo-org/app:v1.2.0", A)),
    ("package", github_sample("package.container-retag"), image("ghcr.io/octo-org/app:latest", A)),
    ("registry_package", github_sample("registry_package.container-single"), image("ghcr.io/octo-org/app:latest", B)),
    ("package", package(package_url="ghcr.io/Octo-Org/Team/App:V1"), image("ghcr.io/octo-org/team/app:V1", A)),
    ("package", package(package_url=None), image("ghcr.io/octo-org/app:v1.2.0", A)),
    (
        "workflow_run",
        github_sample("workflow_run.1"),
        RunChanged("github-actions", "octo-org/octo-repo", "289782451", None),
    ),
    (
        "workflow_run",
        run(display_title="rebuild 0123456789ab of app"),
        RunChanged("github-actions", "octo-org/octo-repo", "289782451", "0123456789ab"),
    ),
    (
        "workflow_run",
        run(display_title="commit 0123456789abc", head_repository=None),
        RunChanged("github-actions", "octo-org/octo-repo", "289782451", None),
    ),
    ("release", github_sample("release.0"), ReleasePublished(f"https://github.com/{HELLO}")),
    ("release", github_sample("release.0", action="deleted"), ReleasePublished(f"https://github.com/{HELLO}")),
]


@pytest.mark.parametrize(("kind", "payload", "event"), GITHUB_EVENTS)
def test_an_event_of_github(kind: str, payload: dict[str, Any], event: Event) -> None:
    """Its header names it."""
    assert read(GITHUB, payload, x_github_event=kind) == (event,)


GITHUB_IGNORED: list[tuple[str, object, str]] = [
    ("push", github_sample("push.0"), "a tag was pushed; Dockerfiles are read from branches"),
    ("push", github_sample("push.0", ref="refs/heads/old", deleted=True), "a branch was deleted"),
    ("push", {"ref": 1, "repository": {}}, "ref: Not a valid string.; repository.full_name: Missing data"),
    ("push", [], "Invalid input type."),
    ("push", None, "Invalid input type."),
    ("create", github_sample("create.0"), "the event 'create' asks for nothing"),
    ("delete", github_sample("delete.0"), "the event 'delete' asks for nothing"),
    ("fork", {"forkee": {}}, "the event 'fork' asks for nothing; the hook needs only package, ping, push"),
    ("", {}, "the event '' asks for nothing"),
    ("package", github_sample("package.0"), "a package of type 'npm' is not a container image"),
    ("package", github_sample("package.container-child-untagged"), "a manifest without a tag"),
    (
        "registry_package",
        github_sample("registry_package.octokit-example"),
        "a package of type 'npm' is not a container image",
    ),
    ("package", github_sample("package.container-retag", action="deleted"), "the action 'deleted' of a package"),
    ("package", package(package_url="ghcr.io/octo-org/..:v1"), "is not an image reference"),
    ("package", {"action": "published"}, "package: Missing data"),
    ("workflow_run", github_sample("workflow_run.0"), "a run for the fork 'octo-org/octo-repo'"),
    ("workflow_run", {"workflow_run": {"id": "1"}, "repository": {"full_name": "a/b"}}, "workflow_run.id: Not a valid"),
    ("release", {"release": {"draft": True}, "repository": {"full_name": "a/b"}}, "a draft of a release"),
]


@pytest.mark.parametrize(("kind", "payload", "reason"), GITHUB_IGNORED)
def test_what_of_github_is_ignored(kind: str, payload: object, reason: str) -> None:
    """Each with its reason, which names the field where a payload cannot be read."""
    found = read(GITHUB, payload, x_github_event=kind)
    assert isinstance(found, str)
    assert reason in found


OTHERS: list[tuple[WebhookSender, object, tuple[Event, ...]]] = [
    (DOCKER_HUB, DOCKER_HUB_PUSH, (image("docker.io/octo/app:1.2.0"),)),
    (
        DOCKER_HUB,
        {"repository": {"repo_name": "library/node"}, "push_data": {"tag": "22"}},
        (image("docker.io/library/node:22"),),
    ),
    (QUAY, QUAY_PUSH, (image("quay.io/octo/app:1.2.0"), image("quay.io/octo/app:latest"))),
    (QUAY, {**QUAY_PUSH, "updated_tags": {"latest": "b750fe79269d"}}, (image("quay.io/octo/app:latest"),)),
    (HARBOR, HARBOR_PUSH, (image("hub.harbor.com/octo/app:1.2.0", A),)),
    (HARBOR, HARBOR_CLOUD_EVENT, (image("hub.harbor.com/octo/app:1.2.0", A),)),
    (
        DISTRIBUTION,
        {"events": [registry_event(1, A, None), registry_event(2, B, None), registry_event(3, A, "1.2")]},
        (image("registry.example.com:5000/team/app:1.2", A),),
    ),
    (
        DISTRIBUTION,
        {"events": [registry_event(1, A, "1.2"), registry_event(2, A, "1.2"), registry_event(3, A, "1.2", "pull")]},
        (image("registry.example.com:5000/team/app:1.2", A),),
    ),
    (
        DISTRIBUTION,
        {"events": [{"action": "push", "target": {"repository": "app", "tag": "1"}, "request": {"host": "r.io:5000"}}]},
        (image("r.io:5000/app:1"),),
    ),
    (GITLAB, GITLAB_PUSH, (SourcePushed("gitlab", "mike/diaspora", DIASPORA_ADDRESSES, "master"),)),
    (GITLAB, GITLAB_PIPELINE, (RunChanged("gitlab", "mike/diaspora", "31", "0123456789ab"),)),
    (
        GITLAB,
        {**GITLAB_PIPELINE, "object_attributes": {"id": 31, "variables": None}},
        (RunChanged("gitlab", "mike/diaspora", "31", None),),
    ),
    (GITLAB, GITLAB_RELEASE, (ReleasePublished("http://example.com/mike/diaspora"),)),
]


@pytest.mark.parametrize(("sender", "payload", "events"), OTHERS)
def test_an_event_of_another_sender(sender: WebhookSender, payload: object, events: tuple[Event, ...]) -> None:
    """Several events of one push of a multi-architecture image are one."""
    assert read(sender, payload) == events


OTHERS_IGNORED: list[tuple[WebhookSender, object, str]] = [
    (DOCKER_HUB, {**DOCKER_HUB_PUSH, "push_data": {"tag": None}}, "push_data.tag: Field may not be null."),
    (DOCKER_HUB, {**DOCKER_HUB_PUSH, "repository": {"repo_name": "UPPER/app"}}, "is not an image reference"),
    (QUAY, {"build_id": "296ec063", "docker_url": "quay.io/a/b"}, "not a push to a repository"),
    (QUAY, {**QUAY_PUSH, "updated_tags": []}, "the push changed no tags"),
    (QUAY, {**QUAY_PUSH, "updated_tags": [1]}, "updated_tags: Not a list of tags."),
    (HARBOR, {**HARBOR_PUSH, "type": "DELETE_ARTIFACT"}, "the event 'DELETE_ARTIFACT' asks for nothing"),
    (HARBOR, {**HARBOR_CLOUD_EVENT, "type": "harbor.scan.completed"}, "the event 'harbor.scan.completed' asks for"),
    (HARBOR, {**HARBOR_PUSH, "event_data": {"resources": []}}, "the push names no artifact"),
    (
        HARBOR,
        {**HARBOR_PUSH, "event_data": {"resources": [{"resource_url": f"hub.harbor.com/octo/app@{A}"}]}},
        "a manifest without a tag",
    ),
    (DISTRIBUTION, {"events": [registry_event(1, A, None)]}, "a manifest or layer without a tag"),
    (DISTRIBUTION, {"events": [registry_event(1, A, "1", "delete")]}, "the action 'delete' changes no tag"),
    (DISTRIBUTION, {"events": []}, "the notification has no events"),
    (DISTRIBUTION, {"events": [{"action": "push", "target": {"repository": "a", "tag": "1"}}]}, "names no registry"),
    (DISTRIBUTION, {"events": [registry_event(1, "sha256:short", "1")]}, "is not a digest"),
    (GITLAB, GITLAB_TAG, "a tag was pushed; Dockerfiles are read from branches"),
    (GITLAB, {**GITLAB_PUSH, "after": "0" * 40}, "a branch was deleted"),
    (GITLAB, {"object_kind": "note"}, "the event 'note' asks for nothing; the hook needs only pipeline, push"),
    (GITLAB, {"object_kind": 1}, "object_kind: Not a valid string."),
    (CLOUD_EVENTS, {}, "not a CloudEvent 1.0"),
    (BUILDS, {"status": ""}, "status: "),
    (BUILDS, {"status": "done", "conclusion": "great"}, "conclusion: Must be one of: success"),
]


@pytest.mark.parametrize(("sender", "payload", "reason"), OTHERS_IGNORED)
def test_what_of_others_is_ignored(sender: WebhookSender, payload: object, reason: str) -> None:
    """Each with its reason."""
    found = read(sender, payload)
    assert isinstance(found, str)
    assert reason in found


CLOUD_EVENT_TABLE: list[tuple[dict[str, Any], ImagePushed | str]] = [
    (OUR_CLOUD_EVENT, image("registry.example.com/team/app:1.2", B)),
    (CD_EVENT, image("mycr.io/team/myapp:1.0", A)),
    ({**OUR_CLOUD_EVENT, "data": {"image": "team/app:1.2"}}, image("docker.io/team/app:1.2")),
    ({**OUR_CLOUD_EVENT, "data": None}, "the payload is not one of this kind"),
    ({**OUR_CLOUD_EVENT, "data": {"image": "registry.example.com/app"}}, "a manifest without a tag"),
    ({**OUR_CLOUD_EVENT, "type": "com.example.other"}, "the type 'com.example.other' asks for nothing"),
    ({**CD_EVENT, "data": {"subject": {"id": "pkg:npm/left-pad@1"}}}, "is not a container image"),
    ({**CD_EVENT, "data": {"subject": {"id": "pkg:oci/app@sha256:1?tag=1"}}}, "needs repository_url and tag"),
]


@pytest.mark.parametrize(("event", "expected"), CLOUD_EVENT_TABLE)
def test_a_cloud_event_is_read_alike_in_both_modes(event: dict[str, Any], expected: ImagePushed | str) -> None:
    """Structured: all in the body; binary: the attributes in headers."""
    attributes = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
    structured = read(CLOUD_EVENTS, event, content_type="application/cloudevents+json; charset=utf-8")
    binary = read(CLOUD_EVENTS, event.get("data"), content_type="application/json", **attributes)

    for found in (structured, binary):
        assert found == (expected,) if isinstance(expected, ImagePushed) else expected in found


REPORTS: list[tuple[dict[str, Any], Event | str]] = [
    (
        {"status": "completed", "conclusion": "success", "url": "https://ci.example.org/1"},
        BuildReported("r-1", "completed", Conclusion.SUCCESS, "https://ci.example.org/1"),
    ),
    ({"status": "running"}, BuildReported("r-1", "running", None, None)),
    ({"status": "running", "rebuildId": "r-1", "more": 1}, BuildReported("r-1", "running", None, None)),
    ({"status": "running", "url": "javascript:alert(1)"}, BuildReported("r-1", "running", None, None)),
    ({"status": "running", "rebuildId": "r-2"}, "the report is for another rebuild than its address"),
]


@pytest.mark.parametrize(("payload", "expected"), REPORTS)
def test_a_report_is_for_the_rebuild_in_its_address(payload: dict[str, Any], expected: Event | str) -> None:
    """A report that names another one is ignored; an address that is no link is left out."""
    found = read(BUILDS, payload, subject="r-1")

    assert found == (expected if isinstance(expected, str) else (expected,))


@pytest.mark.parametrize(
    ("sender", "payload", "headers", "same"),
    [
        (GITHUB, {}, {"x_github_delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}, True),
        (GITLAB, GITLAB_PUSH, {"idempotency_key": "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"}, True),
        (GITLAB, GITLAB_PUSH, {}, True),
        (DOCKER_HUB, DOCKER_HUB_PUSH, {}, True),
        (HARBOR, HARBOR_PUSH, {}, True),
        (HARBOR, HARBOR_CLOUD_EVENT, {}, True),
        (DISTRIBUTION, {"events": [registry_event(1, A, "1")]}, {}, True),
        (CLOUD_EVENTS, OUR_CLOUD_EVENT, {"content_type": "application/cloudevents+json"}, True),
        (QUAY, QUAY_PUSH, {}, False),
    ],
)
def test_a_delivery_that_is_sent_again_has_the_same_id(
    sender: WebhookSender, payload: dict[str, Any], headers: dict[str, str], same: bool
) -> None:
    """Quay's have none: each push of the same tags looks alike."""
    first, second = (sender.read(request_with(payload, **headers)).id for _ in range(2))

    assert (first == second and first is not None) is same


def test_reports_of_two_rebuilds_are_two_deliveries() -> None:
    """Also if they are equal."""
    ids = {BUILDS.read(request_with({"status": "done"}, subject=subject)).id for subject in ("r-1", "r-2")}

    assert len(ids) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KINDS = ("", "push", "ping", "package", "registry_package", "workflow_run", "release", "star")
HEADERS = st.fixed_dictionaries(
    {"x-github-event": st.sampled_from(KINDS)},
    optional={
        "content-type": st.sampled_from(["application/json", "application/cloudevents+json", "x"]),
        "ce-specversion": st.text(max_size=4),
        "ce-type": st.sampled_from([CD_EVENT["type"], OUR_CLOUD_EVENT["type"], "%"]),
        "ce-source": st.text(max_size=4),
        "ce-id": st.text(max_size=4),
        "ce-time": st.text(max_size=4),
    },
)


def is_read(sender: WebhookSender, payload: object, headers: dict[str, str]) -> None:
    """A reader gives events, or a reason that is not empty."""
    found = sender.read(ReceivedWebhook(headers, payload, json.dumps(payload).encode(), "r-1")).events

    assert found.reason if isinstance(found, Ignored) else found


@pytest.mark.parametrize("sender", WEBHOOK_SENDERS, ids=lambda sender: sender.name)
@given(payload=JSON, headers=HEADERS)
def test_any_json_is_an_event_or_ignored(sender: WebhookSender, payload: object, headers: dict[str, str]) -> None:
    """No payload makes a reader fail."""
    is_read(sender, payload, headers)


PAYLOADS: list[tuple[WebhookSender, str, dict[str, Any]]] = [
    *((GITHUB, kind, payload) for kind, payload, _ in GITHUB_EVENTS),
    *((sender, "", payload) for sender, payload, _ in OTHERS if isinstance(payload, dict)),
    (CLOUD_EVENTS, "", OUR_CLOUD_EVENT),
    (CLOUD_EVENTS, "", CD_EVENT),
]


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of each value inside."""
    items: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    return [path, *(found for key, inner in items for found in places(inner, (*path, key)))]


@given(st.data())
def test_any_change_of_a_payload_is_an_event_or_ignored(data: st.DataObject) -> None:
    """A value of another type at any place makes no reader fail."""
    sender, kind, sample = data.draw(st.sampled_from(PAYLOADS))
    payload = json.loads(json.dumps(sample))
    place = data.draw(st.sampled_from(places(payload)[1:]))
    holder = payload
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = data.draw(JSON)

    is_read(sender, payload, {"x-github-event": kind, "content-type": "application/cloudevents+json"})
