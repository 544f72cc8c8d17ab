"""GitLab's webhooks (docs.gitlab.com, "Webhook events")."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import fields

from provider.domain.events import Event, Ignored, ReleasePublished, RunChanged, SourcePushed
from provider.webhooks.received import (
    PayloadSchema,
    Proof,
    ReceivedWebhook,
    WebhookReading,
    WebhookSender,
    read_by_kind,
    read_payload,
)

_BRANCH = "refs/heads/"
_REBUILD_ID = "IMAGE_FACTORY_REBUILD_ID"


class _KindSchema(PayloadSchema):
    object_kind = fields.String(load_default=None, allow_none=True)
    # Only system hooks write it without the other.
    event_name = fields.String(load_default=None, allow_none=True)


class _ProjectSchema(PayloadSchema):
    path_with_namespace = fields.String(required=True)
    web_url = fields.String(load_default=None, allow_none=True)
    git_http_url = fields.String(load_default=None, allow_none=True)
    git_ssh_url = fields.String(load_default=None, allow_none=True)


class _GitLabPushSchema(PayloadSchema):
    ref = fields.String(required=True)
    after = fields.String(load_default="", allow_none=True)
    project = fields.Nested(_ProjectSchema, required=True)


class _VariableSchema(PayloadSchema):
    key = fields.String(load_default=None, allow_none=True)
    value = fields.String(load_default=None, allow_none=True)


class _PipelineSchema(PayloadSchema):
    id = fields.Integer(required=True, strict=True)
    variables = fields.List(fields.Nested(_VariableSchema), load_default=list, allow_none=True)


class _PipelineEventSchema(PayloadSchema):
    pipeline = fields.Nested(_PipelineSchema, required=True, data_key="object_attributes")
    project = fields.Nested(_ProjectSchema, required=True)


class _GitLabReleaseSchema(PayloadSchema):
    project = fields.Nested(_ProjectSchema, required=True)


def _push(payload: Mapping[str, Any]) -> Event | Ignored:
    if not payload["ref"].startswith(_BRANCH):
        return Ignored("this push is not to a branch")
    # The commit after a deletion has only zeros.
    if payload["after"] and not payload["after"].strip("0"):
        return Ignored("a branch was deleted")
    project = payload["project"]
    addresses = (project[key] for key in ("git_http_url", "git_ssh_url", "web_url"))
    branch = payload["ref"].removeprefix(_BRANCH)
    return SourcePushed("gitlab", project["path_with_namespace"], tuple(filter(None, addresses)), branch)


def _tag_push(_: Mapping[str, Any]) -> Event | Ignored:
    return Ignored("a tag was pushed; Dockerfiles are read from branches")


def _pipeline(payload: Mapping[str, Any]) -> Event | Ignored:
    pipeline = payload["pipeline"]
    ids = (each["value"] for each in pipeline["variables"] or () if each["key"] == _REBUILD_ID)
    return RunChanged("gitlab", payload["project"]["path_with_namespace"], str(pipeline["id"]), next(ids, None) or None)


def _release(payload: Mapping[str, Any]) -> Event | Ignored:
    address = payload["project"]["web_url"]
    return ReleasePublished(address) if address else Ignored("the release names no address of its project")


_READERS: dict[str, tuple[type[PayloadSchema], Callable[[Mapping[str, Any]], Event | Ignored]]] = {
    "push": (_GitLabPushSchema, _push),
    "tag_push": (PayloadSchema, _tag_push),
    "pipeline": (_PipelineEventSchema, _pipeline),
    "release": (_GitLabReleaseSchema, _release),
}


def _read(received: ReceivedWebhook) -> WebhookReading:
    named = read_payload(_KindSchema, received.payload)
    if isinstance(named, Ignored):
        return WebhookReading("", named, received.body_id)
    kind = named["object_kind"] or named["event_name"] or ""
    # A retry has the same key (docs.gitlab.com, "Webhooks", "Delivery headers"); older servers send none.
    number = received.headers.get("idempotency-key") or received.body_id
    return read_by_kind(_READERS, kind, number, received.payload)


GITLAB = WebhookSender("gitlab", "GitLab", Proof.GITLAB_TOKEN, _read)
