"""How the pages show tracked repositories."""

from provider.pages.image_labels import Sign, web_address
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import RepositoryState, RepositoryType, TagForm, Tracked

_STATES = {
    RepositoryState.OK: Sign("✓", "Polled", "good"),
    RepositoryState.NEVER: Sign("◷", "Not polled yet", "calm"),
    RepositoryState.ERROR: Sign("!", "Failing", "bad"),
    RepositoryState.DEAD: Sign("✕", "Dead", "bad"),
}
TYPES = {
    RepositoryType.GITHUB: "GitHub",
    RepositoryType.GIT: "Git",
    RepositoryType.CONTAINER: "Container",
}
FORMS = {
    TagForm.SEMVER: "Whole versions: 1.2.3, v1.2.3, 2024.01.15",
    TagForm.PARTIAL: "Parts of versions too: 1 and 1.2",
    TagForm.SUFFIXED: "Whole versions, and 1.2.3-alpine is a release",
    TagForm.ANY: "Every tag is a release",
}
_HASH = 12


def state_sign(state: RepositoryState) -> Sign:
    """The sign of a state."""
    return _STATES[state]


def type_word(kind: RepositoryType) -> str:
    """The type, for a person."""
    return TYPES[kind]


def form_word(form: TagForm) -> str:
    """The tag form, for a person."""
    return FORMS[form]


def repository_page(tracked: Tracked) -> str | None:
    """Where a browser may be sent to see the repository itself; None: nowhere."""
    return web_address(tracked.address.url)


def release_marks(release: Release) -> list[Sign]:
    """What there is to say of a release beside its version."""
    marks = {
        Sign("△", "Pre-release", "wait"): release.prerelease,
        Sign("…", "Draft", "calm"): release.draft,
        Sign("✎", "By hand", "calm"): release.by_hand,
        Sign("✕", "Withdrawn", "bad"): release.withdrawn,
    }
    return [sign for sign, holds in marks.items() if holds]


def short_hash(text: str | None) -> str:
    """Enough of a commit's hash or a digest to tell it from others."""
    algorithm, colon, characters = (text or "").rpartition(":")
    return f"{algorithm}{colon}{characters[:_HASH]}"
