"""Reads the state in the config repository, and the same facts from the API, without the service's own code."""

import io
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from soak.evidence import ImageFacts

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ConfigState:
    """What git says.

    Attributes:
        facts: of each image and base image, by name.
        ledgers: all digests that each base image had, by its repository in the registry.
        records: the ids of all rebuilds of each managed image, by name.
    """

    facts: Mapping[str, ImageFacts]
    ledgers: Mapping[str, frozenset[str]]
    records: Mapping[str, frozenset[str]]


def config_state(repository: Path) -> ConfigState:
    """The state on the branch main of a bare repository."""
    archive = subprocess.run(
        ["git", "-C", str(repository), "archive", "main", "state"], check=True, capture_output=True
    ).stdout
    facts: dict[str, ImageFacts] = {}
    ledgers: dict[str, frozenset[str]] = {}
    records: dict[str, frozenset[str]] = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            role = member.name.removeprefix("state/").partition("/")[0]
            content = tar.extractfile(member)
            if content is None or role == "_archive":
                continue
            document = yaml.load(content.read(), Loader=_LOADER)  # noqa: S506 - the loader is a safe one
            name = Path(member.name).stem
            facts[name] = _of_state(document)
            if role == "base-images":
                ledgers[document["repository"]] = _digests(document)
            else:
                records[name] = frozenset(each["id"] for each in document.get("rebuilds") or ())
    return ConfigState(facts, ledgers, records)


def of_api(documents: Iterable[Mapping[str, Any]]) -> dict[str, ImageFacts]:
    """The same facts from the items of GET /api/v1/images."""
    return {
        each["name"]: ImageFacts(
            each["digest"],
            {edge["name"]: edge["builtOn"] for edge in each["dependencies"]},
            (each["lastRebuild"] or {}).get("id"),
        )
        for each in documents
    }


def _of_state(document: Mapping[str, Any]) -> ImageFacts:
    built_on = {edge["name"]: edge.get("builtOn") for edge in document.get("baseImages") or ()}
    rebuilds = document.get("rebuilds") or ()
    return ImageFacts(document.get("currentDigest"), built_on, rebuilds[-1]["id"] if rebuilds else None)


def _digests(document: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(each["digest"] for each in document.get("updateHistory") or ())
