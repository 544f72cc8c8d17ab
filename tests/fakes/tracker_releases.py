"""The releases of tracked repositories in memory, with the promises of the real store."""

from dataclasses import dataclass, field, replace
from itertools import count

from provider.errors import Duplicate, NotTracked
from provider.tracker.decisions.deployed.comparing import RankedRelease, ranked
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import PollResult
from provider.tracker.decisions.release import FoundRelease, Release, SkippedRelease
from provider.tracker.decisions.wanted import WantedVersions


@dataclass(slots=True)
class FakeReleases:
    """The releases of one repository; those that a person removed are remembered by their versions."""

    ids: "count[int]"
    kept: dict[int, Release] = field(default_factory=dict)
    removed: dict[str, Release] = field(default_factory=dict)

    def of_version(self, version: str) -> Release | None:
        """The one with this version."""
        return next((release for release in self.kept.values() if release.version == version), None)

    def one(self, number: int) -> Release:
        """The one of this id, or NotTracked."""
        if number not in self.kept:
            raise NotTracked(f"there is no release {number}")
        return self.kept[number]

    def add(self, found: FoundRelease, *, by_hand: bool) -> Release | None:
        """Add one; None where a poll finds what is there or was removed."""
        there = self.of_version(found.version)
        if by_hand and there is not None:
            raise Duplicate(f"{found.version} is there already, as release {there.id}", there.id)
        if not by_hand and (there is not None or found.version in self.removed):
            return None
        self.removed.pop(found.version, None)
        release = release_of(next(self.ids), found, by_hand=by_hand)
        self.kept[release.id] = release
        return release

    def change(self, number: int, fields: FoundRelease) -> Release:
        """Change one by hand."""
        before, there = self.one(number), self.of_version(fields.version)
        if there is not None and there.id != number:
            raise Duplicate(f"{fields.version} is there already, as release {there.id}", there.id)
        self.removed.pop(fields.version, None)
        if fields.version != before.version:
            self.removed[before.version] = before
        edited = release_of(number, fields, by_hand=True)
        self.kept[number] = replace(
            edited,
            listed_in=before.listed_in,
            first_seen=before.first_seen,
            moved=before.moved,
            variants=before.variants,
            tag=before.tag,
            baseline=before.baseline,
            skipped=before.skipped,
            unseen=before.unseen,
        )
        return self.kept[number]

    def remove(self, number: int) -> None:
        """Remove one for good."""
        gone = self.one(number)
        del self.kept[number]
        self.removed[gone.version] = gone

    def poll(self, result: PollResult) -> None:
        """Keep the releases that a poll found."""
        self.kept = {number: one for number, one in self.kept.items() if one.by_hand or number not in result.merged}
        for found in result.new:
            if added := self.add(found, by_hand=False):
                unseen = found.version in result.news
                self.kept[added.id] = replace(
                    added, first_seen=result.last_polled, baseline=result.silent, unseen=unseen
                )
        for release in result.changed:
            of_name = self.of_version(release.version)
            if of_name is not None and of_name.id != release.id:
                continue
            if release.id in self.kept and not self.kept[release.id].by_hand:
                before = self.kept[release.id]
                unseen = before.unseen or release.version in result.news
                self.kept[release.id] = replace(release, skipped=before.skipped, unseen=unseen)

    def skip(self, number: int, skipped: SkippedRelease | None) -> Release:
        """Skip one, or take that back."""
        before = self.one(number)
        self.kept[number] = replace(before, skipped=skipped, unseen=before.unseen and skipped is None)
        return self.kept[number]

    def acknowledge(self, number: int) -> Release:
        """Nothing is new about it and earlier ones."""
        self.one(number)
        self.kept |= {each.id: replace(each, unseen=False) for each in self.kept.values() if each.id <= number}
        return self.kept[number]

    def ranked(self, form: TagForm) -> list[RankedRelease]:
        """What deployed versions are compared with."""
        return ranked(self.kept.values(), form)

    def keep(self, wanted: WantedVersions) -> None:
        """Forget what a new filter does not let through."""
        self.kept = {number: one for number, one in self.kept.items() if one.by_hand or wanted.lists(one)}

    def known(self) -> list[Release]:
        """All, and the removed ones as made by hand."""
        return [*self.kept.values(), *(replace(release, by_hand=True) for release in self.removed.values())]


def release_of(number: int, found: FoundRelease, *, by_hand: bool) -> Release:
    """A kept release with these fields."""
    return Release(
        number,
        found.version,
        found.date,
        found.notes,
        found.url,
        found.hash,
        found.prerelease,
        found.draft,
        by_hand=by_hand,
        listed_in=found.listed_in,
        variants=found.variants,
        tag=found.tag,
    )
