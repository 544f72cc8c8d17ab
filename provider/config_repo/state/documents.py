"""State files: text <-> what the service knows. Pure; plain PyYAML, since the service writes them."""

from typing import Any

import yaml
from marshmallow import ValidationError, fields

from catalog.image import DiscoveryStatus
from provider.config_repo.enrollments.entry import InvalidEntry, load_entry
from provider.config_repo.state.fields import Listed, Moment, Reference, printed, without_nothing, word
from provider.config_repo.state.schemas import (
    DependencySchema,
    FailureSchema,
    ObservationSchema,
    PendingSchema,
    RebuildSchema,
    StateSchema,
    UnresolvedSchema,
)
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger
from provider.domain.state import BaseState, ImageState

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# Times stay text: the schema reads them, and a hand-written one is reported by its field.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class InvalidState(ValueError):
    """A state file is not one; the message says which field and why. Such a file is reported, never overwritten."""


class _ImageSchema(StateSchema):
    name = fields.String(required=True)
    enrolled_at = Moment(required=True, data_key="enrolledAt")
    enrollment = fields.Dict(required=True)
    discovery = word(DiscoveryStatus, data_key="discoveryStatus", load_default=DiscoveryStatus.PENDING)
    last_discovery = Moment(data_key="lastDiscovery", load_default=None)
    discovery_error = fields.String(data_key="discoveryError", load_default=None)
    dependencies = Listed(DependencySchema, data_key="baseImages")
    unresolved = Listed(UnresolvedSchema)
    current_version = fields.String(data_key="currentVersion", load_default=None)
    current_digest = fields.String(data_key="currentDigest", load_default=None)
    previous_digest = fields.String(data_key="previousDigest", load_default=None)
    last_built = Moment(data_key="lastBuilt", load_default=None)
    held = fields.String(load_default=None)
    error = fields.Nested(FailureSchema, data_key="lastError", load_default=None)
    pending = fields.Nested(PendingSchema, load_default=None)
    history = Listed(ObservationSchema, data_key="updateHistory")
    rebuilds = Listed(RebuildSchema)


class _BaseSchema(StateSchema):
    name = fields.String(required=True)
    image = Reference(required=True, data_key="fullImage")
    registry = fields.String(load_default=None)
    repository = fields.String(load_default=None)
    tag = fields.String(load_default=None)
    first_discovered = Moment(required=True, data_key="firstDiscovered")
    enrollment = fields.Dict(load_default=None)
    current_digest = fields.String(data_key="currentDigest", load_default=None)
    previous_digest = fields.String(data_key="previousDigest", load_default=None)
    last_updated = fields.String(data_key="lastUpdated", load_default=None)
    dependents = fields.List(fields.String(), load_default=list)
    error = fields.Nested(FailureSchema, data_key="lastError", load_default=None)
    history = Listed(ObservationSchema, data_key="updateHistory")


def image_text(state: ImageState) -> str:
    """The file of a managed image."""
    return _text(
        _ImageSchema().dump(
            {
                **{key: getattr(state, key) for key in _IMAGE_KEYS},
                **_digests(state.ledger),
                "enrollment": state.enrollment.to_document(),
                "current_version": state.enrollment.tag,
                "history": state.ledger.observations,
            }
        )
    )


def read_image(text: str) -> ImageState:
    """A managed image out of its file.

    Raises:
        InvalidState: the text is no such file.
    """
    values = _load(_ImageSchema(), text)
    enrollment = _enrollment(values["enrollment"])
    known = {key: values[key] for key in _IMAGE_KEYS if key != "name"}
    return ImageState(enrollment, ledger=Ledger(values["history"]), **known)


def base_text(state: BaseState, dependents: tuple[str, ...]) -> str:
    """The file of a base image; `dependents` are there for people to read."""
    history = state.ledger.observations
    return _text(
        _BaseSchema().dump(
            {
                "name": state.name,
                "image": state.image,
                "registry": state.image.registry,
                "repository": state.image.repository,
                "tag": state.image.tag,
                "first_discovered": state.first_discovered,
                "enrollment": state.enrollment.to_document() if state.enrollment else None,
                **_digests(state.ledger),
                "last_updated": printed(history[-1].first_seen) if len(history) > 1 else None,
                "dependents": dependents,
                "error": state.error,
                "history": history,
            }
        )
    )


def read_base(text: str) -> BaseState:
    """A base image out of its file.

    Raises:
        InvalidState: the text is no such file.
    """
    values = _load(_BaseSchema(), text)
    enrollment = _enrollment(values["enrollment"]) if values["enrollment"] else None
    ledger = Ledger(values["history"])
    return BaseState(values["name"], values["image"], values["first_discovered"], ledger, values["error"], enrollment)


def _enrollment(document: dict[str, Any]) -> Enrollment:
    try:
        return load_entry(_plain(document))
    except InvalidEntry as error:
        raise InvalidState(f"enrollment: {error}") from error


_IMAGE_KEYS = (
    "name", "enrolled_at", "discovery", "last_discovery", "discovery_error", "dependencies", "unresolved",
    "last_built", "held", "error", "pending", "rebuilds",
)  # fmt: skip


def _digests(ledger: Ledger) -> dict[str, str | None]:
    history = ledger.observations
    return {
        "current_digest": history[-1].digest if history else None,
        "previous_digest": history[-2].digest if len(history) > 1 else None,
    }


def _text(document: dict[str, Any]) -> str:
    # An enrollment stays as its file has it: there, false is a word of its own.
    tidy = without_nothing({key: value if key == "enrollment" else _tidy(value) for key, value in document.items()})
    return yaml.dump(tidy, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)


def _tidy(value: Any) -> Any:
    return without_nothing({key: _tidy(inner) for key, inner in value.items()}) if isinstance(value, dict) else value


def _load(schema: StateSchema, text: str) -> dict[str, Any]:
    try:
        loaded = yaml.load(text, Loader=_LOADER)  # noqa: S506 - the base loader makes nothing but text, lists and dicts
        values: dict[str, Any] = schema.load(loaded)
    except yaml.YAMLError as error:
        raise InvalidState(f"not YAML: {error}") from error
    except ValidationError as error:
        raise InvalidState(str(error.messages)) from error
    return values


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """What the base loader left as text and an enrollment wants as truth."""
    return {
        key: value == "true" if key == "autoRebuild" and value in ("true", "false") else value
        for key, value in document.items()
    }
