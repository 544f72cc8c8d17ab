"""Requests as the senders make them, for tests.

`samples/github.*.json` are GitHub's own examples (npm @octokit/webhooks-examples, MIT); those named `container` have
the fields of real deliveries for container packages (octokit/webhooks.js#646) with other names. The others are written
after these pages: Docker Hub, docs.docker.com "Webhooks"; Quay, docs.redhat.com "Repository notifications"; Harbor,
goharbor.io "Configure Webhook Notifications"; GitLab, docs.gitlab.com "Webhook events"; the registry,
distribution.github.io "Notifications"; CDEvents, cdevents.dev "Continuous Integration Events".
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provider.webhooks.received import ReceivedWebhook

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
_SAMPLES = Path(__file__).parent / "samples"


def github_sample(name: str, **changed: object) -> dict[str, Any]:
    """GitHub's example `name`, such as `push.0`, with other values of these keys."""
    document: dict[str, Any] = json.loads((_SAMPLES / f"github.{name}.json").read_text(encoding="utf-8"))
    return {**document, **changed}


def request_with(payload: object, *, subject: str = "", **headers: str) -> ReceivedWebhook:
    """A request with this payload; `_` in a header's name stands for `-`."""
    named: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps(payload).encode()
    return ReceivedWebhook(named, payload, body, subject)


DOCKER_HUB_PUSH = {
    "callback_url": "https://registry.hub.docker.com/u/octo/app/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/",
    "push_data": {"pushed_at": 1631871970, "pusher": "octo", "tag": "1.2.0", "images": []},
    "repository": {
        "is_official": False,
        "name": "app",
        "namespace": "octo",
        "owner": "octo",
        "repo_name": "octo/app",
        "repo_url": "https://hub.docker.com/r/octo/app",
        "status": "Active",
    },
}
QUAY_PUSH = {
    "name": "app",
    "repository": "octo/app",
    "namespace": "octo",
    "docker_url": "quay.io/octo/app",
    "homepage": "https://quay.io/repository/octo/app",
    "updated_tags": ["1.2.0", "latest"],
}
_HARBOR_DATA = {
    "resources": [{"digest": A, "tag": "1.2.0", "resource_url": "hub.harbor.com/octo/app:1.2.0"}],
    "repository": {
        "date_created": 1586922308,
        "name": "app",
        "namespace": "octo",
        "repo_full_name": "octo/app",
        "repo_type": "private",
    },
}
HARBOR_PUSH = {"type": "PUSH_ARTIFACT", "occur_at": 1586922308, "operator": "admin", "event_data": _HARBOR_DATA}
HARBOR_CLOUD_EVENT = {
    "specversion": "1.0",
    "requestid": "4fe1e4dc-4f4c-4c3e-9d3c-6d2d5c0a8a2b",
    "id": "66e18103-f7de-4a7b-8e3c-1d6a1ad3d2c1",
    "source": "/projects/2/webhook/policies/15",
    "type": "harbor.artifact.pushed",
    "datacontenttype": "application/json",
    "time": "2023-04-03T06:47:32Z",
    "operator": "admin",
    "data": _HARBOR_DATA,
}


def registry_event(number: int, digest: str, tag: str | None, action: str = "push") -> dict[str, Any]:
    """One event of a registry of the distribution project."""
    target = {
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "size": 708,
        "digest": digest,
        "length": 708,
        "repository": "team/app",
        "url": f"https://registry.example.com:5000/v2/team/app/manifests/{digest}",
    }
    return {
        "id": f"asdf-asdf-asdf-asdf-{number}",
        "timestamp": "2006-01-02T15:04:05Z",
        "action": action,
        "target": {**target, "tag": tag} if tag else target,
        "request": {"id": "asdfasdf", "addr": "client.local", "host": "registry:5000", "method": "PUT"},
        "actor": {"name": "test-actor"},
        "source": {"addr": "hostname.local:port", "instanceID": "a53db899-3b4b-4a62-a067-8dd013beaca4"},
    }


_GITLAB_PROJECT = {
    "id": 15,
    "name": "Diaspora",
    "web_url": "http://example.com/mike/diaspora",
    "git_ssh_url": "git@example.com:mike/diaspora.git",
    "git_http_url": "http://example.com/mike/diaspora.git",
    "path_with_namespace": "mike/diaspora",
    "default_branch": "master",
}
GITLAB_PUSH = {
    "object_kind": "push",
    "event_name": "push",
    "before": "95790bf891e76fee5e1747ab589903a6a1f80f22",
    "after": "da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
    "ref": "refs/heads/master",
    "project": _GITLAB_PROJECT,
    "total_commits_count": 4,
}
GITLAB_TAG = {**GITLAB_PUSH, "object_kind": "tag_push", "event_name": "tag_push", "ref": "refs/tags/v1.0.0"}
GITLAB_PIPELINE = {
    "object_kind": "pipeline",
    "object_attributes": {
        "id": 31,
        "ref": "master",
        "source": "api",
        "status": "success",
        "variables": [{"key": "IMAGE_FACTORY_REBUILD_ID", "value": "0123456789ab"}],
    },
    "project": _GITLAB_PROJECT,
}
GITLAB_RELEASE = {"object_kind": "release", "action": "create", "tag": "v1.1", "project": _GITLAB_PROJECT}
OUR_CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/registry",
    "type": "io.image-factory.image.pushed.v1",
    "data": {"image": "registry.example.com/team/app:1.2", "digest": B},
}
CD_EVENT = {
    "specversion": "1.0",
    "id": "271069a8-fc18-44f1-b38f-9d70a1695819",
    "source": "/event/source/123",
    "type": "dev.cdevents.artifact.published.0.2.0",
    "datacontenttype": "application/json",
    "data": {
        "subject": {
            "id": f"pkg:oci/myapp@{A.replace(':', '%3A')}?repository_url=mycr.io/team/myapp&tag=1.0",
            "type": "artifact",
            "content": {},
        }
    },
}
