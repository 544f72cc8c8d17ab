"""The keys of the state's fields in its files, and the order in which they are written."""

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence, Failure, VerificationOutcome
from provider.domain.asking.asked import AskedRebuild, Hold, Skip
from provider.domain.dockerfile.findings import DockerfileWarning, Unresolved
from provider.domain.enrollment import Bake, Build, Criticality, RebuildOn, Source
from provider.domain.ledger import BuiltOn, Observation
from provider.domain.state import (
    BaseState,
    CauseState,
    DependencyState,
    ImageState,
    Pending,
    RebuildStage,
    RebuildState,
    Target,
    UnconfirmedName,
)
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import CosignIdentity, CosignRule, Verify

ORDER: Mapping[type, tuple[str, ...]] = {
    ImageState: (
        "name", "enrolledAt", "archivedAt", "enrollment", "discoveryStatus", "lastDiscovery", "discoveryError",
        "baseImages",
        "unresolved", "unconfirmed", "warnings", "currentVersion", "currentDigest", "previousDigest", "lastBuilt",
        "held", "skips", "asked", "lastError", "pending", "verifications", "updateHistory", "rebuilds",
    ),
    BaseState: (
        "name", "fullImage", "registry", "repository", "tag", "firstDiscovered", "archivedAt", "enrollment", "origin",
        "currentDigest", "previousDigest", "lastUpdated", "dependents", "lastError", "verifications", "updateHistory",
    ),
    DependencyState: (
        "name", "reference", "written", "line", "file", "kinds", "role", "platforms", "builtOn", "builtOnSince",
        "freshness",
    ),
    BuiltOn: ("builtOn", "builtOnSince"),
    Unresolved: ("name", "line", "file", "hint"),
    UnconfirmedName: ("name", "line", "file", "absent"),
    DockerfileWarning: ("line", "file", "message"),
    Failure: ("at", "message"),
    Observation: ("digest", "firstSeen", "lastSeen", "seenBy", "repoint", "gone", "unread", "platforms"),
    Pending: ("openedAt", "until", "causes"),
    RebuildState: (
        "id", "key", "stage", "conclusion", "reason", "requestedBy", "requestedAt", "wave", "asked", "askedAt",
        "sending", "resent", "retryAt", "dispatchedAt", "runId", "url", "notPassed", "completedAt", "error", "result",
        "evidence", "settled", "emergency", "cve", "requests", "causes", "targets",
    ),
    Hold: ("reason", "by", "since", "until"),
    Skip: ("digest", "reason", "by", "at"),
    AskedRebuild: ("id", "by", "reason", "at", "emergency", "cve", "until"),
    CauseState: ("name", "reference", "digest", "previousDigest", "firstSeen", "wave"),
    Target: ("name", "written", "reference", "digest", "cause", "signedBy"),
    VerificationRecord: ("rule", "digest", "outcome", "at", "by", "reason"),
}  # fmt: skip
"""Every class that has a mapping in state files, with all of its keys in the order in which they are written."""

DERIVED: Mapping[type, tuple[str, ...]] = {
    ImageState: ("name", "currentVersion", "currentDigest", "previousDigest"),
    BaseState: ("registry", "repository", "tag", "currentDigest", "previousDigest", "lastUpdated", "dependents"),
}
"""Keys that are written for people to read; what they say follows from the others."""

UNWRITTEN: Mapping[type, Mapping[str, object]] = {
    DependencyState: {"kinds": []},
    CauseState: {"previousDigest": None},
    Target: {"cause": "false"},
    Pending: {"causes": []},
    RebuildState: {"causes": [], "targets": []},
}
"""What a key that is not there means, where the class itself has no default for its field."""

_KEYS: Mapping[tuple[type, str], str] = {
    (ImageState, "ledger"): "updateHistory",
    (ImageState, "discovery"): "discoveryStatus",
    (ImageState, "dependencies"): "baseImages",
    (ImageState, "error"): "lastError",
    (BaseState, "image"): "fullImage",
    (BaseState, "ledger"): "updateHistory",
    (BaseState, "error"): "lastError",
    (DependencyState, "image"): "reference",
    (DependencyState, "evidence"): "freshness",
    (Target, "image"): "reference",
    (Source, "dockerfiles"): "dockerfile",
    (BuiltOn, "digest"): "builtOn",
    (BuiltOn, "at"): "builtOnSince",
}


ENTRY = (Source, Bake, Build, Verify, CosignRule, CosignIdentity)
"""The classes inside an enrollment; their keys in state files are those of images.yaml."""

ASSUMED: Mapping[type[StrEnum], StrEnum] = {
    Conclusion: Conclusion.FAILURE,
    Criticality: Criticality.NORMAL,
    DependencyRole: DependencyRole.STAGE,
    DiscoveryStatus: DiscoveryStatus.PENDING,
    Evidence: Evidence.ASSUMED,
    RebuildOn: RebuildOn.ALL,
    # The run is looked for, and no second one is started.
    RebuildStage: RebuildStage.DISPATCHED,
    # It is verified again.
    VerificationOutcome: VerificationOutcome.UNKNOWN,
}
"""What a word means that this release does not know, such as one that a newer release wrote."""


@cache
def keys_of(kind: type) -> tuple[str, ...]:
    """The keys of a class in state files."""
    if kind in ORDER:
        return ORDER[kind]
    return tuple(key_of(kind, field.name) for field in dataclasses.fields(kind))


@cache
def key_of(kind: type, field: str) -> str:
    """A field's key: its own, else its name in camelCase."""
    first, *others = field.split("_")
    return _KEYS.get((kind, field)) or first + "".join(word.title() for word in others)
