"""Convert tracked repositories and releases to table rows and back. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from provider.store.image_rows import NEVER, storable
from provider.store.json_dataclasses import loaded
from provider.tracker.decisions.deployed.updates import NO_UPDATES, Updates
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.news import news_group, number_text
from provider.tracker.decisions.outcomes import PollResult
from provider.tracker.decisions.release import FoundRelease, MovedTag, Release, ReleaseList, SkippedRelease
from provider.tracker.decisions.repository import (
    Address,
    MissingReleases,
    Rename,
    Tracked,
    TrackingError,
    TrackingWait,
    state_of,
)
from provider.tracker.decisions.versions.families import Scheme
from provider.tracker.decisions.versions.order import ORDER_RULES, rank_of, sort_text, tag_version
from provider.tracker.decisions.wanted import AnnouncedVersions, ListSource, Prereleases, WantedVersions
from provider.tracker.ports import RepositoryFields

Values = dict[str, Any]

Columns = Sequence[Any]
"""A row or a part of one, accessed by position: in long lists, access by name would cost more than the query."""

REPOSITORY_COLUMNS = (
    "id", "name", "date_added", "type", "url", "path", "notes", "tag_form", "source", "include", "exclude",
    "prereleases", "announce", "labels", "deployed_version", "last_polled", "error_at", "error", "waiting_until",
    "waiting_for", "failures", "failing_since", "failure_told", "dead", "next_poll",
    "memory", "baseline", "missing_since", "missing_polls", "read_whole_at",
    "source_number", "renamed_from", "renamed_to", "renamed_at", "version", "updates",
)  # fmt: skip
RELEASE_COLUMNS = (
    "id", "version", "date", "notes", "url", "hash", "prerelease", "draft", "by_hand", "withdrawn", "listed_in",
    "first_seen", "moved_from", "moved_at", "variants", "tag", "baseline",
    "skipped_at", "skipped_by", "skip_reason", "unseen",
)  # fmt: skip


def field_values(given: RepositoryFields) -> Values:
    """The columns that people edit."""
    return {
        "key": given.key,
        "type": given.address.type.value,
        "sorted_name": storable(given.name.casefold()),
        "name": storable(given.name),
        "url": given.address.url,
        "path": given.address.path,
        **_wanted_values(given.wanted),
        "labels": "\n".join(given.labels),
        "deployed_version": storable(given.deployed_version),
        "notes": storable(given.notes),
    }


def unpolled_values() -> Values:
    """The columns of a repository that was never polled: its first poll is due now."""
    return {
        "state": state_of(last_polled=None, waiting=False, failing=False, dead=False).value,
        "last_polled": NEVER,
        "next_poll": NEVER,
        "error_at": None,
        "error": None,
        "waiting_until": None,
        "waiting_for": None,
        "failures": 0,
        "failing_since": None,
        "failure_told": False,
        "dead": False,
        "memory": None,
        "baseline": True,
        "missing_since": None,
        "missing_polls": 0,
        "read_whole_at": None,
        "source_number": None,
        "renamed_from": None,
        "renamed_to": None,
        "renamed_at": None,
    }


def new_values(given: RepositoryFields, now: datetime) -> Values:
    """The row of a new repository."""
    in_order = {"order_rules": ORDER_RULES}
    without_release = {"latest_order": "", "latest_date": NEVER, "latest_id": None}
    without_updates = {"in_use": "", "updates": "", "deployed_order": NO_UPDATES.order}
    made = {"date_added": now, "version": 1, **in_order}
    return {**field_values(given), **unpolled_values(), **without_release, **without_updates, **made}


def searched_text(given: RepositoryFields) -> str:
    """The text that queries search; case-folded here like the query, since databases fold ASCII only."""
    return searched_words(given.name, given.address.url, given.notes, given.labels)


def searched_words(name: str, url: str, notes: str, labels: Sequence[str]) -> str:
    """The text that queries search, as `searched_text`."""
    return storable("\n".join((name, url, notes, *labels)).casefold())


def rename_values(rename: Rename) -> Values:
    """The columns of a rename."""
    return {"renamed_from": rename.before, "renamed_to": rename.now, "renamed_at": rename.at}


def poll_values(result: PollResult) -> Values:
    """The columns that a poll writes."""
    error, waiting = result.error, result.waiting
    state = state_of(
        last_polled=result.last_polled, waiting=waiting is not None, failing=error is not None, dead=result.dead
    )
    return {
        "state": state.value,
        "last_polled": result.last_polled or NEVER,
        "next_poll": result.next_poll,
        "error_at": None if error is None else error.at,
        "error": None if error is None else storable(error.message),
        "waiting_until": waiting and waiting.until,
        "waiting_for": waiting and storable(waiting.message),
        "failures": result.failures,
        "failing_since": result.failing_since,
        "failure_told": result.failure_told,
        "dead": result.dead,
        "memory": None if result.memory is None else storable(result.memory),
        "baseline": result.baseline,
        "missing_since": result.missing and result.missing.since,
        "missing_polls": result.missing.polls if result.missing else 0,
        "read_whole_at": result.read_whole_at,
        "source_number": result.number,
    }


def release_values(release: Release | FoundRelease, form: TagForm, *, baseline: bool) -> Values:
    """The columns of a release; `family`, `scheme`, `standing` and `version_order` determine the latest one."""
    version = tag_version(release.version, form)
    family, scheme = version.counted if version else ("", Scheme.NUMBERS)
    prerelease = release.prerelease or (version is not None and version.prerelease)
    return {
        "version": storable(release.version),
        "version_order": sort_text(version.key if version else None),
        "standing": int(rank_of(release, version)),
        "family": storable(family),
        "scheme": int(scheme),
        "date": release.date or NEVER,
        "notes": storable(release.notes),
        "url": None if release.url is None else storable(release.url),
        "hash": None if release.hash is None else storable(release.hash),
        "prerelease": release.prerelease,
        "draft": release.draft,
        "withdrawn": isinstance(release, Release) and release.withdrawn,
        "listed_in": release.listed_in.value if release.listed_in else "",
        "variants": storable("\n".join(release.variants)),
        "tag": None if release.tag is None else storable(release.tag),
        "baseline": baseline,
        "news_group": int(news_group(draft=release.draft, prerelease=prerelease, baseline=baseline)),
        "number_text": storable(number_text(release.version)),
        **_moved_values(release),
    }


def release_of(row: Columns) -> Release:
    """A release from the values of its `RELEASE_COLUMNS`."""
    number, version, date, notes, url, hash_, prerelease, draft, by_hand, withdrawn, *others = row
    listed_in, first_seen, moved_from, moved_at, variants, tag, baseline, *marks = others
    skipped_at, skipped_by, skip_reason, unseen = marks
    return Release(
        number,
        version,
        _moment(date),
        notes,
        url,
        hash_,
        prerelease,
        draft,
        by_hand,
        withdrawn,
        ReleaseList(listed_in) if listed_in else None,
        _moment(first_seen),
        None if moved_at is None else MovedTag(moved_from or "", moved_at),
        tuple(variants.split("\n")) if variants else (),
        tag,
        baseline,
        None if skipped_at is None else SkippedRelease(skip_reason or "", skipped_by or "", skipped_at),
        unseen,
    )


def tracked_of(row: Columns) -> Tracked:
    """A repository from its `REPOSITORY_COLUMNS` and the columns of its latest release (all None if it has none)."""
    number, name, date_added, type_, url, path, notes, *others = row
    tag_form, source, include, exclude, prereleases, announce, labels, deployed, *others = others
    last_polled, error_at, error, waiting_until, waiting_for, *others = others
    failures, failing_since, failure_told, dead, next_poll, memory, baseline, *others = others
    missing_since, missing_polls, read_whole_at, *others = others
    source_number, renamed_from, renamed_to, renamed_at, version, updates, *latest = others
    return Tracked(
        id=number,
        name=name,
        date_added=date_added,
        address=address_of(type_, url, path, source_number),
        notes=notes,
        wanted=_wanted((tag_form, source, include, exclude, prereleases, announce)),
        labels=tuple(labels.split("\n")) if labels else (),
        deployed_version=deployed,
        last_polled=_moment(last_polled),
        latest=None if latest[0] is None else release_of(latest),
        error=None if error_at is None else TrackingError(error_at, error),
        waiting=None if waiting_until is None else TrackingWait(waiting_until, waiting_for or ""),
        rename=None if renamed_at is None else Rename(renamed_from or "", renamed_to or "", renamed_at),
        failures=failures,
        failing_since=failing_since,
        failure_told=failure_told,
        dead=dead,
        next_poll=_moment(next_poll),
        memory=memory,
        baseline=baseline,
        missing=None if missing_since is None else MissingReleases(missing_since, missing_polls),
        read_whole_at=read_whole_at,
        version=version,
        updates=loaded(Updates, json.loads(updates)) if updates else NO_UPDATES,
    )


def address_of(type_: str, url: str, path: str, number: int | None = None) -> Address:
    """An address from its columns."""
    return Address(RepositoryType(type_), url, path, path.rpartition("/")[2], number)


def _moved_values(release: Release | FoundRelease) -> Values:
    moved = release.moved if isinstance(release, Release) else None
    return {"moved_from": moved and moved.previous_hash, "moved_at": moved and moved.at}


def _wanted_values(wanted: WantedVersions) -> Values:
    return {
        "tag_form": wanted.tag_form.value,
        "source": wanted.source.value if wanted.source else "",
        "include": storable(wanted.include),
        "exclude": storable(wanted.exclude),
        "prereleases": wanted.prereleases.value,
        "announce": wanted.announce.value,
    }


def _wanted(columns: tuple[str, str, str, str, str, str]) -> WantedVersions:
    """From the columns of `_wanted_values`, in their order."""
    tag_form, source, include, exclude, prereleases, announce = columns
    return WantedVersions(
        TagForm(tag_form),
        ListSource(source) if source else None,
        include,
        exclude,
        Prereleases(prereleases),
        AnnouncedVersions(announce),
    )


def _moment(stored: datetime) -> datetime | None:
    return None if stored == NEVER else stored
