"""Words and signs for records: evidence, outcomes of acts, kinds of problems."""

from collections.abc import Mapping

from catalog.image import Evidence
from provider.pages.image.labels import FAILED, Sign, evidence_label

_OUTCOMES: Mapping[str, Sign] = {
    "done": Sign("✓", "Done", "good"),
    "not-allowed": Sign("‖", "Not allowed", "wait"),
    "refused": Sign("‖", "Refused", "wait"),
    "not-found": Sign("?", "Not found", "wait"),
    "failed": FAILED,
}
_KINDS: Mapping[str, str] = {
    "enrollment": "Enrollment",
    "image": "Image",
    "worker": "Worker",
    "slack": "Slack",
    "repository": "Tracked repository",
    "credentials": "Credentials",
    "registries": "Registry",
    "webhooks": "Webhooks at GitHub",
    "backstage": "Backstage",
}
_SEEN_BY: Mapping[str, str] = {"poll": "periodic check"}


def freshness_label(freshness: str) -> str:
    """Whether a rebuild is known to be built on the digests that it was asked to use, in words."""
    if freshness not in set(Evidence):
        return "not known which digest it was built on"
    return evidence_label(Evidence(freshness))


def outcome_sign(outcome: str) -> Sign:
    """How an act ended."""
    return _OUTCOMES.get(outcome, Sign("?", outcome.replace("-", " ").capitalize(), "wait"))


def kind_label(kind: str) -> str:
    """What kind of thing a problem is about."""
    return _KINDS.get(kind, kind.capitalize())


def action_label(action: str) -> str:
    """What a caller did: `Add repository`."""
    return action.replace("-", " ").capitalize()


def seen_by_label(seen_by: str) -> str:
    """What caused the check that saw a digest."""
    return _SEEN_BY.get(seen_by, seen_by)
