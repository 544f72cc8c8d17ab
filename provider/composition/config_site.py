"""Makes what the service does at the site that hosts the config repository from the parts of a process."""

from collections.abc import Callable

from catalog.addresses import Sites
from provider.composition.git_tokens import github_site
from provider.composition.parts import Parts, utc_now
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.domain.snapshot import Snapshot
from provider.forge_ports import Forge
from provider.forges.place import commit_page
from provider.forges.table import forge_of
from provider.notifications.announcing import ImageAnnouncer
from provider.services.reviewing.marking import CommitMarks
from provider.settings import Settings
from provider.store.announced import SqlAnnouncedStore
from provider.store.outbox import SqlOutbox


def forge(parts: Parts) -> Forge | None:
    """GitHub or GitLab, where it hosts the config repository and the settings have credentials for it."""
    return forge_of(parts, sites(parts.settings), parts.settings.config_repo or "")


def page_of_commit(settings: Settings, commit: str) -> str | None:
    """The web page of a commit of the config repository; None where neither GitHub nor GitLab hosts it."""
    return commit_page(sites(settings), settings.config_repo or "", commit)


def sites(settings: Settings) -> Sites:
    """The web addresses that links lead to."""
    return Sites(
        github_site(settings), settings.gitlab_url, settings.known_public_url, frozenset(settings.insecure_hosts)
    )


def told(parts: Parts, repository: ConfigRepository) -> Callable[[Snapshot], None]:
    """Says what each round found: beside the commit of the configuration, and in messages."""
    announcer = ImageAnnouncer(SqlAnnouncedStore(parts.engine), SqlOutbox(parts.engine), utc_now)
    site = forge(parts)
    if site is None:
        return announcer.announce
    page = f"{parts.settings.public_url}/images"
    marks = CommitMarks(site, repository.last_config_commit, parts.beats, utc_now, page)

    def tell(snapshot: Snapshot) -> None:
        marks.after(snapshot)
        announcer.announce(snapshot)

    return tell
