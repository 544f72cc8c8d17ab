"""Makes the worker for images from the parts of a process."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from provider.builds.router import BuildSystems
from provider.builds.table import BUILD_SYSTEMS
from provider.composition.config_checkout import config_address, opened_repository
from provider.composition.config_site import sites, told
from provider.composition.own_files import make_own_files_private
from provider.composition.parts import Parts, utc_now
from provider.composition.problems import note_outside_problems
from provider.composition.running.sharing import work_shares
from provider.composition.simulation.rules import rules_of
from provider.composition.tracker import poll_soon
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.records.counted import CountKind
from provider.ports import BuildSystem, SnapshotStore
from provider.services.check_schedule import Pace, SharedChecks
from provider.services.counting.reported import Details, ReportingBeats, WaitReport, least, limit_details
from provider.services.counting.work_counts import CountingBeats
from provider.services.decisions.logged_store import LoggedSnapshots
from provider.services.dispatching.claim import DispatchClaims, OnlyProcess
from provider.services.health import GITHUB, REGISTRY_LIMITS, WAITS
from provider.services.publishing import Publisher
from provider.services.reacting.reactions import Reactions
from provider.services.reacting.wanted import ConfigSource
from provider.services.round import Round
from provider.services.sharing.members import Members
from provider.services.stopping import NEVER_STOPS, Stopping
from provider.services.verification.verifications import Verifications
from provider.services.worker import Worker
from provider.settings import Settings
from provider.sources.router import Sources
from provider.sources.table import SOURCES
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.check_times import SqlCheckRecords
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.read_times import SqlReadTimes
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from proxy.signatures.verifier import CosignVerifier

_REACTING = "reacting"
_DISPATCHING = "dispatching"
_CHECKING = "checking"
_READING = "reading"


@contextmanager
def open_worker(
    parts: Parts,
    wake_polls: Callable[[], None] = lambda: None,
    stopping: Stopping = NEVER_STOPS,
    members: Members | None = None,
) -> Iterator[Worker]:
    """The worker; it locks the checkout of the config repository until the block ends.

    Args:
        parts: the parts of the process.
        wake_polls: starts a round of the release tracker, in a process that has one.
        stopping: ends its rounds early.
        members: the workers that share the work; None: this process is no worker, and does what nobody is doing.

    Raises:
        CannotOpen: the database or the config repository cannot be opened.
        ProviderError, OutsideFailure: the same, reported by the config repository.
        InvalidSetting: another setting is not valid; the message names it.
    """
    parts.check()
    repository = opened_repository(parts, parts.settings.config_checkout)
    # Only now: this process has the lock, so the files are its own.
    make_own_files_private(parts.settings)
    try:
        claims = partial(parts.locks.acquire, _DISPATCHING)
        counted = partial(parts.counts.add_all, CountKind.CHECK)
        checking, reading = (work_shares(parts, kind, members) for kind in (_CHECKING, _READING))
        checks = SharedChecks(SqlCheckRecords(parts.engine, utc_now), checking, reading, counted)
        store = LoggedSnapshots(snapshots_of(parts, repository))
        use_cases = round_of(parts, store, build_systems(parts), claims, stopping, checks)
        reactions = _reactions(parts, use_cases, wake_polls)
        note = partial(note_outside_problems, parts)
        alone = partial(parts.locks.acquire, _REACTING)
        beats = ReportingBeats(CountingBeats(parts.beats, parts.counts), _reports(parts, use_cases))
        yield Worker(reactions, beats, utc_now, told(parts, repository), note, alone)
    finally:
        repository.close()


def _reports(parts: Parts, use_cases: Round) -> Mapping[str, Callable[[], Details]]:
    """What only the worker knows, for the metrics."""
    return {
        GITHUB: lambda: limit_details(parts.github.hours()),
        REGISTRY_LIMITS: lambda: limit_details(least(parts.registries.limits(), parts.host_label)),
        WAITS: WaitReport(lambda: use_cases.planned),
    }


def sources(parts: Parts) -> Sources:
    """The source repositories of all providers."""
    return Sources(kind.of(parts) for kind in SOURCES)


def build_systems(parts: Parts) -> BuildSystems:
    """All build systems for which the settings have credentials."""
    return BuildSystems(filter(None, (kind.of(parts) for kind in BUILD_SYSTEMS)))


def _reactions(parts: Parts, use_cases: Round, wake_polls: Callable[[], None]) -> Reactions:
    settings = parts.settings
    branches = frozenset(filter(None, (settings.config_branch, settings.state_branch)))
    return Reactions(
        use_cases,
        SqlCheckRequests(parts.engine),
        SqlWebhookInbox(parts.engine),
        ConfigSource(config_address(settings), branches),
        partial(poll_soon, parts, wake_polls),
    )


def snapshots_of(parts: Parts, repository: ConfigRepository) -> SnapshotStore:
    """The snapshots in this repository."""
    return GitSnapshotStore(repository, parts.settings.http_hosts)


def round_of(
    parts: Parts,
    store: SnapshotStore,
    builds: BuildSystem,
    claims: DispatchClaims = OnlyProcess,
    stopping: Stopping = NEVER_STOPS,
    checks: SharedChecks | None = None,
) -> Round:
    """The steps of a round over this store and these build systems.

    Args:
        parts: the parts of the process.
        store: the snapshots.
        builds: the build systems.
        claims: for processes that share them.
        stopping: ends the round early.
        checks: for processes that share them.
    """
    settings = parts.settings
    return Round(
        store=store,
        registries=parts.registries,
        sources=sources(parts),
        builds=builds,
        index=parts.index,
        now=utc_now,
        new_id=lambda: secrets.token_hex(6),
        skew=parts.transport.clock_skew,
        caps=replace(rules_of(settings).caps, stopped=_stopped(settings)),
        pace=Pace(settings.check_interval, settings.base_check_interval),
        requests=SqlPersonRequests(parts.engine),
        heard=SqlWebhookInbox(parts.engine).last_heard,
        verifications=Verifications(CosignVerifier(parts.registries.session)),
        read_times=SqlReadTimes(parts.engine),
        publisher=Publisher(parts.index, settings.default_owner, sites(settings)),
        claims=claims,
        reports=parts.build_reports,
        stopping=stopping,
        monotonic=stopping.monotonic,
        got_on=parts.works.got_on,
        checks=checks or SharedChecks(),
    )


def _stopped(settings: Settings) -> str | None:
    """Why no rebuild starts, for people; None: they start."""
    if settings.rebuilds_stopped is None:
        return None
    return f"no rebuild starts while IMAGE_FACTORY_REBUILDS_STOPPED is set: {settings.rebuilds_stopped}"
