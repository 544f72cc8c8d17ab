"""Lists of the artifacts that refer to an image. Pure.

Source: distribution-spec, "Listing Referrers", and its fallback for registries without that API.
"""

from collections.abc import Mapping

from catalog.reference import Digest
from proxy.ports import Referrer
from proxy.registries.documents.contents import predicate_of, shown_text
from proxy.registries.manifests import json_object

MOST = 1_000
"""The most artifacts that are read of one image."""


def fallback_tag(digest: Digest) -> str:
    """The tag of the list in a registry without the API."""
    return digest.replace(":", "-", 1)


def parse_referrers(body: bytes, where: object) -> list[Referrer]:
    """The artifacts in one page of a list.

    Raises:
        Garbage: it is not a JSON object.
    """
    entries = json_object(body, where).get("manifests")
    return [_referrer(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _referrer(entry: Mapping[str, object]) -> Referrer:
    annotations = entry.get("annotations")
    predicate = predicate_of(annotations) if isinstance(annotations, dict) else ""
    return Referrer(shown_text(entry.get("artifactType")), predicate)
