"""Read and write the text of state files. Pure; plain PyYAML is enough, because the service writes these files."""

from typing import Any, TypeVar

import yaml
from cattrs import BaseValidationError

from catalog.times import rfc3339_exact
from provider.config_repo.state.converter import in_order, state_converter
from provider.config_repo.state.wrong_values import wrong_values
from provider.domain.ledger import Ledger
from provider.domain.state import BaseState, ImageState

State = TypeVar("State", ImageState, BaseState)

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# Times stay text: the converter reads them, and reports a wrong one by its key.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class InvalidState(ValueError):
    """A state file cannot be read; the message says which key and why. Such a file is reported, never overwritten."""


def image_text(state: ImageState) -> str:
    """The text of a managed image's state file."""
    return _text(state, {"name": state.name, "currentVersion": state.enrollment.tag, **_digests(state.ledger)})


def read_image(text: str) -> ImageState:
    """A managed image from the text of its state file.

    Raises:
        InvalidState: the text is not such a file.
    """
    return _read(ImageState, text)


def base_text(state: BaseState, dependents: tuple[str, ...]) -> str:
    """The text of a base image's state file; `dependents` are written only for people to read."""
    history = state.ledger.observations
    derived = {
        "registry": state.image.registry,
        "repository": state.image.repository,
        "tag": state.image.tag,
        **_digests(state.ledger),
        "lastUpdated": rfc3339_exact(history[-1].first_seen) if len(history) > 1 else None,
        "dependents": list(dependents),
    }
    return _text(state, derived)


def read_base(text: str) -> BaseState:
    """A base image from the text of its state file.

    Raises:
        InvalidState: the text is not such a file.
    """
    return _read(BaseState, text)


def _digests(ledger: Ledger) -> dict[str, str | None]:
    history = ledger.observations
    return {
        "currentDigest": history[-1].digest if history else None,
        "previousDigest": history[-2].digest if len(history) > 1 else None,
    }


def _text(state: ImageState | BaseState, derived: dict[str, Any]) -> str:
    document = in_order(type(state), {**state_converter().unstructure(state), **derived})
    return yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120)


def _read(kind: type[State], text: str) -> State:
    try:
        loaded = yaml.load(text, Loader=_LOADER)  # noqa: S506 - the base loader makes nothing but text, lists and dicts
        return state_converter().structure(loaded, kind)
    except yaml.YAMLError as error:
        raise InvalidState(f"not YAML: {error}") from error
    except (BaseValidationError, ValueError) as error:
        raise InvalidState(wrong_values(error)) from error
