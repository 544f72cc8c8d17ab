"""Docker configurations within Kubernetes Secrets, as `kubectl get secret -o json` or `-o yaml` writes them. Pure.

Source: Kubernetes' documentation, "Secrets", types kubernetes.io/dockerconfigjson and kubernetes.io/dockercfg.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping

from proxy.errors import InvalidSetting

# `config.json` is the key of an Opaque Secret that was made from docker's file.
_KEYS = (".dockerconfigjson", ".dockercfg", "config.json")


def is_kubernetes_object(document: object) -> bool:
    """Whether a document is an object of Kubernetes, rather than a docker configuration."""
    return isinstance(document, dict) and isinstance(document.get("kind"), str) and "apiVersion" in document


def docker_documents(documents: Iterable[object], path: str) -> Iterator[tuple[object, str]]:
    """The docker configuration in each Secret, with its place for messages.

    Args:
        documents: Secrets, and Lists of them; Secrets without a docker configuration are left out.
        path: of the file.

    Raises:
        InvalidSetting: a docker configuration cannot be read, or there is none.
    """
    found = [each for document in documents for each in _in_object(document, path)]
    if not found:
        raise InvalidSetting(
            f"{path} has no Secret of type kubernetes.io/dockerconfigjson; "
            "make one with kubectl create secret docker-registry"
        )
    yield from found


def _in_object(document: object, path: str) -> Iterator[tuple[object, str]]:
    match document:
        case {"kind": str(kind), "items": list(items)} if kind.endswith("List"):
            for item in items:
                # Items of a SecretList have no kind of their own.
                yield from _in_object({"kind": "Secret", **item} if isinstance(item, dict) else item, path)
        case {"kind": "Secret", **fields}:
            yield from _in_secret(fields, path)
        case _:
            return


def _in_secret(secret: Mapping[object, object], path: str) -> Iterator[tuple[object, str]]:
    where = f"{path}: {_name(secret)}"
    for section in ("stringData", "data"):
        values = secret.get(section)
        for key in _KEYS:
            if isinstance(values, Mapping) and key in values:
                place = f"{where}: {section}: {key}"
                yield _parsed(_decoded(values[key], section, place), place), place
                return


def _name(secret: Mapping[object, object]) -> str:
    metadata = secret.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    parts = (part for part in (named.get("namespace"), named.get("name")) if isinstance(part, str))
    return f"Secret {'/'.join(parts)}".strip()


def _decoded(value: object, section: str, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidSetting(f"{where} must be a string")
    if section == "stringData":
        return value
    try:
        return base64.b64decode("".join(value.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidSetting(f"{where} is not base64 of text; read the Secret with kubectl again") from None


def _parsed(text: str, where: str) -> object:
    # `from None`: the decoder's error contains the document, and with it the secrets.
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSetting(f"{where} is not JSON; it must be a docker config.json") from None
