"""Makes the release tracker from the parts of a process: use cases for the web part, and jobs for the worker."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from provider.composition.git_tokens import github_site
from provider.composition.parts import Parts, utc_now
from provider.composition.running.sharing import work_shares
from provider.composition.tracking.versions_in_use import ImageVersionsInUse
from provider.operation_ports import ProblemDocument
from provider.services.health import RELEASES
from provider.services.sharing.members import Members
from provider.store.references_in_use import SqlReferencesInUse
from provider.tracker.decisions.addresses import InvalidRepositoryAddress, parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import Address, RepositoryState
from provider.tracker.ports import ReleaseSource, RepositoryFilter, TrackerStore
from provider.tracker.services.editing import RepositoryEditing
from provider.tracker.services.in_use import note_versions_in_use
from provider.tracker.services.owner_import import OwnerImport
from provider.tracker.services.poll_round import PollRound
from provider.tracker.services.polling import Poller, host_of
from provider.tracker.services.transferring import Transferring
from provider.tracker.services.use_cases import TrackerUseCases
from provider.tracker.sources.github_owners import GitHubOwners
from provider.tracker.sources.table import RELEASE_SOURCES
from provider.tracker.store.tracker_store import SqlTrackerStore
from proxy.github.credentials import GitHubCredentials

_MANY = 200
_POLLING = "polling"


def tracker_use_cases(parts: Parts) -> TrackerUseCases:
    """The use cases for the web part."""
    poller, site = _poller(parts), github_site(parts.settings)
    transferring = Transferring(poller.store, utc_now, github_site=site)
    return TrackerUseCases(
        store=poller.store,
        editing=RepositoryEditing(
            poller.store, poller, utc_now, github_site=site, note_in_use=noting_in_use(parts, poller.store)
        ),
        transferring=transferring,
        poller=poller,
        owners=OwnerImport(poller.store, GitHubOwners(parts.github), transferring, github_site=site),
    )


def poll_round(parts: Parts, members: Members | None = None) -> PollRound:
    """One pass over every tracked repository that is due, for the worker that is one of these members."""
    poller = _poller(parts)
    before = noting_in_use(parts, poller.store)
    shares = work_shares(parts, _POLLING, members).taken
    return PollRound(poller, report=partial(parts.reports.progress, RELEASES), before=before, shares=shares)


def noting_in_use(parts: Parts, store: TrackerStore) -> Callable[[], None]:
    """Stores which tags of tracked repositories the managed images are built from."""
    return partial(note_versions_in_use, store, ImageVersionsInUse(SqlReferencesInUse(parts.engine)))


def poll_soon(parts: Parts, wake: Callable[[], None], url: str) -> str:
    """Let the next round poll the repository at this address, and wake the round; returns what was done."""
    try:
        address = parse_address(url, github_site=github_site(parts.settings))
    except InvalidRepositoryAddress:
        return "not tracked"
    store = SqlTrackerStore(parts.engine)
    every = store.of_address(address)
    if not every:
        return "not tracked"
    for tracked in every:
        store.poll_soon(tracked.id, utc_now())
    wake()
    return f"polled {', '.join(tracked.name for tracked in every)}"


def release_sources(parts: Parts) -> Mapping[RepositoryType, ReleaseSource]:
    """The release source of each type of repository."""
    return {source.type: source for source in (kind.of(parts) for kind in RELEASE_SOURCES)}


def repository_problems(store: TrackerStore) -> Iterator[ProblemDocument]:
    """The tracked repositories whose last poll failed; one whose host limits requests may have failed before."""
    tried_again = "The next poll tries again. If it keeps failing, check the address."
    remedies = {
        RepositoryState.ERROR: tried_again,
        RepositoryState.WAITING: tried_again,
        RepositoryState.DEAD: "Correct the address, or delete the repository; it is polled once a day only.",
    }
    for state, remedy in remedies.items():
        after = None
        while True:
            page = store.page(RepositoryFilter(state=state), _MANY, after)
            for tracked in page.items:
                if error := tracked.error:
                    where, since = tracked.address.url, tracked.failing_since or error.at
                    yield ProblemDocument("repository", tracked.name, error.message, remedy, since, where=where)
            if (after := page.end) is None:
                break


def hosts_of(credentials: GitHubCredentials) -> Callable[[Address], str]:
    """Returns a function that names the host of an address; on GitHub each token has its own limits and name."""

    def named(address: Address) -> str:
        if address.type is not RepositoryType.GITHUB:
            return host_of(address)
        return f"GitHub ({credentials.allowance(address.path.partition('/')[0])})"

    return named


def _poller(parts: Parts) -> Poller:
    store = SqlTrackerStore(parts.engine, parts.settings.releases_summary)
    return Poller(
        store, release_sources(parts), utc_now, parts.settings.poll_interval, hosts_of(parts.github_credentials)
    )
