"""The annotations and labels of an image in Backstage, which plugins and other tools read."""

import re
from collections.abc import Mapping
from datetime import datetime

from catalog.addresses import PUBLIC_SITES, Sites, is_web_address, source_page
from catalog.image import DependencyRole, Evidence, Image
from catalog.names import LONGEST_NAME, hashed
from catalog.reference import ImageReference, InvalidReference
from catalog.times import rfc3339

PREFIX = "image-factory.io"
# Backstage has the rule of Kubernetes for label values (backstage: catalog-model, KubernetesValidatorFunctions).
_NOT_IN_A_LABEL = re.compile(r"[^A-Za-z0-9_.-]+")
_EDGES = "-_."


def annotations(image: Image, sites: Sites = PUBLIC_SITES) -> dict[str, str]:
    """All annotations with a known value; times are RFC 3339 in UTC, to the second."""
    base, evidence = _final_base(image)
    rebuild_page = image.last_rebuild.url if image.last_rebuild else None
    ours = {
        "registry": image.registry,
        "repository": image.repository,
        "tag": image.tag,
        "digest": image.digest,
        "previous-digest": image.previous_digest,
        "last-updated": _time(image.last_updated),
        "last-built": _time(image.last_built),
        "built-from": str(base) if base else None,
        "evidence": evidence.value if evidence else None,
        "rebuild-status": image.status.value,
        "rebuild-reason": image.reason,
        "rebuild-eligible-at": _time(image.next_eligible_at),
        "last-rebuild-url": rebuild_page if is_web_address(rebuild_page) else None,
        "discovery-status": image.discovery.status.value if image.discovery else None,
        "enrolled-at": _time(image.enrolled_at),
    }
    every = {f"{PREFIX}/{key}": value for key, value in ours.items()} | _source_annotations(image, sites)
    return {key: value for key, value in every.items() if value}


def labels(image: Image) -> dict[str, str]:
    """The labels that the catalog can be filtered by; `final-base` is the name of the image of the final stage."""
    final = next((each.name for each in image.dependencies if each.role is DependencyRole.FINAL), None)
    every = {
        "registry": label_value(image.registry),
        "role": image.role.value,
        "status": image.status.value,
        "final-base": label_value(final) if final else None,
    }
    return {f"{PREFIX}/{key}": value for key, value in every.items() if value}


def _final_base(image: Image) -> tuple[ImageReference | None, Evidence | None]:
    """The base of the final stage at the digest that the image was built from, and how that is known.

    A base that is pinned in the Dockerfile names its digest itself.
    """
    for dependency in image.dependencies:
        if dependency.role is not DependencyRole.FINAL:
            continue
        try:
            reference = ImageReference.parse(dependency.reference)
        except InvalidReference:
            continue
        if digest := dependency.built_on or reference.digest:
            return reference.at(digest), dependency.evidence
    return None, None


def label_value(text: str) -> str:
    """The text as a valid label value: `registry.example.org:5000` becomes `registry.example.org-5000`.

    A text that is too long is cut and gets a hash, so that no other one has the same value.
    """
    value = _NOT_IN_A_LABEL.sub("-", text).strip(_EDGES)
    return value if len(value) <= LONGEST_NAME else hashed(value, text)


def source_of(image: Image) -> Mapping[str, object]:
    """The `source` of the enrollment; empty for an image without one."""
    return _section(image.enrollment or {}, "source")


def _source_annotations(image: Image, sites: Sites) -> dict[str, str | None]:
    source = source_of(image)
    build = _section(image.enrollment or {}, "build")
    page = source_page(source, sites)
    at_github = source.get("provider") == "github"
    return {
        "github.com/project-slug": _text(source.get("repo")) if at_github else None,
        "github.com/workflows": _text(source.get("workflow") or build.get("workflow")) if at_github else None,
        "backstage.io/source-location": f"url:{page}" if page else None,
    }


def _section(mapping: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = mapping.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
