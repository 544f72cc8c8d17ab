"""GitHub's webhooks (docs.github.com, "Webhook events and payloads").

A multi-architecture image causes one event for each manifest; only the one with a tag is read. Tags, deletions and
forks change no Dockerfile of ours.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from provider.domain.events import (
    Event,
    Ignored,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)
from provider.webhooks.received import (
    PayloadSchema,
    Proof,
    ReceivedWebhook,
    WebhookReading,
    WebhookSender,
    image_pushed,
    read_by_kind,
)

_BRANCH = "refs/heads/"
# The form of our ids; a workflow shows them in `run-name`.
_REBUILD_ID = re.compile(r"(?<![\w-])[0-9a-f]{12}(?![\w-])")
_PACKAGE_ACTIONS = frozenset({"published", "updated"})


class _RepositorySchema(PayloadSchema):
    full_name = fields.String(required=True)
    html_url = fields.String(load_default=None, allow_none=True)
    clone_url = fields.String(load_default=None, allow_none=True)
    ssh_url = fields.String(load_default=None, allow_none=True)


class _PushSchema(PayloadSchema):
    ref = fields.String(required=True)
    deleted = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    repository = fields.Nested(_RepositorySchema, required=True)


class _TagSchema(PayloadSchema):
    name = fields.String(load_default=None, allow_none=True)
    digest = fields.String(load_default=None, allow_none=True)


class _ContainerSchema(PayloadSchema):
    tag = fields.Nested(_TagSchema, load_default=None, allow_none=True)


class _VersionSchema(PayloadSchema):
    version = fields.String(load_default=None, allow_none=True)
    package_url = fields.String(load_default=None, allow_none=True)
    container_metadata = fields.Nested(_ContainerSchema, load_default=None, allow_none=True)


class _PackageSchema(PayloadSchema):
    name = fields.String(required=True)
    namespace = fields.String(load_default=None, allow_none=True)
    package_type = fields.String(required=True)
    package_version = fields.Nested(_VersionSchema, load_default=None, allow_none=True)


class _PackageEventSchema(PayloadSchema):
    action = fields.String(required=True)
    package = fields.Nested(_PackageSchema, required=True)


class _RegistryPackageEventSchema(PayloadSchema):
    action = fields.String(required=True)
    package = fields.Nested(_PackageSchema, required=True, data_key="registry_package")


class _HeadSchema(PayloadSchema):
    full_name = fields.String(load_default=None, allow_none=True)


class _RunSchema(PayloadSchema):
    id = fields.Integer(required=True, strict=True)
    name = fields.String(load_default=None, allow_none=True)
    display_title = fields.String(load_default=None, allow_none=True)
    head_repository = fields.Nested(_HeadSchema, load_default=None, allow_none=True)


class _RunEventSchema(PayloadSchema):
    workflow_run = fields.Nested(_RunSchema, required=True)
    repository = fields.Nested(_RepositorySchema, required=True)


class _DraftSchema(PayloadSchema):
    draft = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _ReleaseSchema(PayloadSchema):
    release = fields.Nested(_DraftSchema, required=True)
    repository = fields.Nested(_RepositorySchema, required=True)


def _push(payload: Mapping[str, Any]) -> Event | Ignored:
    if not payload["ref"].startswith(_BRANCH):
        return Ignored("a tag was pushed; Dockerfiles are read from branches")
    if payload["deleted"]:
        return Ignored("a branch was deleted")
    repository = payload["repository"]
    addresses = (repository[key] for key in ("clone_url", "ssh_url", "html_url"))
    return SourcePushed(
        "github", repository["full_name"], tuple(filter(None, addresses)), payload["ref"].removeprefix(_BRANCH)
    )


def _package(payload: Mapping[str, Any]) -> Event | Ignored:
    package = payload["package"]
    if package["package_type"].lower() != "container":
        return Ignored(f"a package of type {package['package_type']!r} is not a container image")
    if payload["action"] not in _PACKAGE_ACTIONS:
        return Ignored(f"the action {payload['action']!r} of a package asks for nothing")
    version = package["package_version"] or {}
    tag = (version.get("container_metadata") or {}).get("tag") or {}
    address = version.get("package_url") or ""
    if not tag.get("name") or address.endswith(":"):
        return Ignored("a manifest without a tag, such as one platform of an image, was pushed")
    named = address or f"ghcr.io/{package['namespace']}/{package['name']}:{tag['name']}"
    # GitHub writes owners as they were typed; registries know them in lower case.
    reference, separator, name = named.rpartition(":")
    return image_pushed(f"{reference.lower()}{separator}{name}", tag.get("digest") or version.get("version"))


def _workflow_run(payload: Mapping[str, Any]) -> Event | Ignored:
    run, repository = payload["workflow_run"], payload["repository"]["full_name"]
    head = (run["head_repository"] or {}).get("full_name") or repository
    if head.lower() != repository.lower():
        return Ignored(f"a run for the fork {head!r}")
    shown = _REBUILD_ID.search(f"{run['display_title'] or ''}\n{run['name'] or ''}")
    return RunChanged("github-actions", repository, str(run["id"]), shown[0] if shown else None)


def _release(payload: Mapping[str, Any]) -> Event | Ignored:
    if payload["release"]["draft"]:
        return Ignored("a draft of a release")
    repository = payload["repository"]
    return ReleasePublished(repository["html_url"] or f"https://github.com/{repository['full_name']}")


def _ping(_: Mapping[str, Any]) -> Event:
    return Pinged()


_READERS: dict[str, tuple[type[PayloadSchema], Callable[[Mapping[str, Any]], Event | Ignored]]] = {
    "ping": (PayloadSchema, _ping),
    "push": (_PushSchema, _push),
    "package": (_PackageEventSchema, _package),
    "registry_package": (_RegistryPackageEventSchema, _package),
    "workflow_run": (_RunEventSchema, _workflow_run),
    "release": (_ReleaseSchema, _release),
}


def _read(received: ReceivedWebhook) -> WebhookReading:
    kind = received.headers.get("x-github-event", "")
    # GitHub sends a delivery again with the same id.
    number = received.headers.get("x-github-delivery") or received.body_id
    return read_by_kind(_READERS, kind, number, received.payload)


GITHUB = WebhookSender("github", "GitHub", Proof.GITHUB_SIGNATURE, _read)
