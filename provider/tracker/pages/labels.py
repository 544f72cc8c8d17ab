"""Labels and signs of tracked repositories and releases on pages."""

from collections.abc import Mapping

from provider.pages.image.labels import FAILED, FAILURE_ICON, SUCCESS_ICON, Sign, web_address
from provider.tracker.decisions.channels import channel_of, is_unstable
from provider.tracker.decisions.deployed.comparing import Comparison, DeployedStatus, NewerReleases
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.release import Release
from provider.tracker.decisions.repository import RepositoryState, Tracked
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases, WantedVersions

_STATES = {
    RepositoryState.OK: Sign(SUCCESS_ICON, "Polled", "good"),
    RepositoryState.NEVER: Sign("◷", "Not polled yet", "calm"),
    RepositoryState.WAITING: Sign("◔", "Waiting", "calm"),
    RepositoryState.ERROR: FAILED,
    RepositoryState.DEAD: Sign(FAILURE_ICON, "Dead", "bad"),
}
TYPES = {
    RepositoryType.GITHUB: "GitHub",
    RepositoryType.GIT: "Git",
    RepositoryType.CONTAINER: "Container",
}
FORMS = {
    TagForm.SEMVER: "Full versions: 1.2.3, v1.2.3, 2024.01.15",
    TagForm.PARTIAL: "Full and partial versions: 1, 1.2 and 1.2.3.4 too",
    TagForm.SUFFIXED: "Full versions, also 1.2.3.4 and 1.2.3-debian-12-r10",
    TagForm.ANY: "Every tag",
}
SOURCES: Mapping[ListSource | None, str] = {
    None: "Releases; tags as long as there are no releases",
    ListSource.RELEASES: "Releases only",
    ListSource.TAGS: "Tags only",
    ListSource.BOTH: "Releases and tags",
}
ANNOUNCED = {
    AnnouncedVersions.ALL: "All listed releases",
    AnnouncedVersions.STABLE: "Stable releases only",
    AnnouncedVersions.MAJOR_MINOR: "New major and minor versions only",
    AnnouncedVersions.NOTHING: "Nothing",
}
PRERELEASES = {
    Prereleases.TELL: "List and announce them",
    Prereleases.SHOW: "List them, but do not announce them",
    Prereleases.IGNORE: "Do not list them",
}
COMPARED = {
    DeployedStatus.BEHIND: Sign("↑", "Behind", "wait"),
    DeployedStatus.UNKNOWN: Sign("?", "Cannot be compared", "calm"),
    DeployedStatus.AHEAD: Sign("»", "Ahead", "calm"),
    DeployedStatus.CURRENT: Sign(SUCCESS_ICON, "Current", "good"),
}
_HASH = 12


def state_sign(state: RepositoryState) -> Sign:
    """The sign of a state."""
    return _STATES[state]


def type_label(kind: RepositoryType) -> str:
    """The label of a repository type."""
    return TYPES[kind]


def form_label(form: TagForm) -> str:
    """The label of a tag form."""
    return FORMS[form]


def wanted_lines(wanted: WantedVersions) -> list[tuple[str, str]]:
    """What a person wants of a repository, where it is not the default: a name and a value each."""
    lines = {
        "Which list is read": SOURCES[wanted.source] if wanted.source else "",
        "Only versions that match": wanted.include,
        "No versions that match": wanted.exclude,
        "Pre-releases": "" if wanted.prereleases is Prereleases.TELL else PRERELEASES[wanted.prereleases],
        "Announced": "" if wanted.announce is AnnouncedVersions.ALL else ANNOUNCED[wanted.announce],
    }
    return [(name, text) for name, text in lines.items() if text]


def repository_page(tracked: Tracked) -> str | None:
    """The web address of the repository, if it has one that may become a link; else None."""
    return web_address(tracked.address.url)


def prerelease_signs(release: Release, form: TagForm) -> list[Sign]:
    """The sign of a pre-release, by its publisher or its version; none for another release."""
    channel = channel_of(release.version)
    sign = Sign("△", f"Pre-release, {channel}" if channel else "Pre-release", "wait")
    return [sign] if is_unstable(release, form) else []


def release_signs(release: Release, form: TagForm) -> list[Sign]:
    """The signs of a release: what kind it is, and what people said about it."""
    signs = {
        Sign("…", "Draft", "calm"): release.draft,
        Sign("✎", "By hand", "calm"): release.by_hand,
        Sign("⊘", "Withdrawn", "bad"): release.withdrawn,
        Sign("⚠", "Tag moved", "bad"): release.moved is not None,
        Sign("⤼", "Skipped", "calm"): release.skipped is not None,
        Sign("✦", "New", "good"): release.unseen,
    }
    return [*prerelease_signs(release, form), *(sign for sign, holds in signs.items() if holds)]


def compared_sign(result: Comparison) -> Sign:
    """The sign of a deployed version."""
    return COMPARED[result.status]


def newer_words(newer: NewerReleases) -> str:
    """How many versions are newer, by what differs: `3 newer versions (1 major, 2 patch)`."""
    parts = {"major": newer.major, "minor": newer.minor, "patch": newer.patch}
    kinds = ", ".join(f"{number} {kind}" for kind, number in parts.items() if number)
    return f"{newer.releases} newer version{'' if newer.releases == 1 else 's'} ({kinds})"


def short_hash(text: str | None) -> str:
    """The first twelve characters of a commit hash or digest, with its algorithm; empty for None."""
    algorithm, colon, characters = (text or "").rpartition(":")
    return f"{algorithm}{colon}{characters[:_HASH]}"
