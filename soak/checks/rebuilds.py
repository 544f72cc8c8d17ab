"""Whether every change was seen, and every rebuild that was due was dispatched once. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from soak.checks.line import Line, line
from soak.evidence import Dispatch, Evidence, Published

_SHORT = 19


@dataclass(frozen=True, slots=True)
class _Due:
    """An image that has to be rebuilt once because of a digest; `last`: no later digest replaced it."""

    image: str
    published: Published
    last: bool


def recorded_changes(evidence: Evidence) -> Line:
    """Every digest that upstream published is in the ledger of its base image."""
    pushed = [each for each in evidence.published if not each.first and each.repository in evidence.recorded]
    missed = [
        f"{each.repository} {_short(each.digest)} is not in the ledger"
        for each in pushed
        if each.digest not in evidence.recorded[each.repository]
    ]
    unknown = {each.repository for each in evidence.published if _is_base(each)} - evidence.recorded.keys()
    missed += [f"{name} has no ledger" for name in unknown if evidence.dependents.get(name)]
    return line("every base change is recorded", f"{len(pushed)} changes", missed)


def each_id_once(evidence: Evidence) -> Line:
    """No rebuild was dispatched twice: each id belongs to one workflow run."""
    counts = Counter(each.rebuild for each in evidence.dispatches)
    doubled = [f"{rebuild} was dispatched {count} times" for rebuild, count in counts.items() if count > 1]
    return line("no rebuild id is dispatched twice", f"{len(evidence.dispatches)} dispatches", doubled)


def each_cause_once(evidence: Evidence) -> Line:
    """No image was rebuilt twice because of the same digest of the same image."""
    doubled = [
        f"{image} was rebuilt {count} times because of {repository} {_short(digest)}"
        for (image, repository, digest), count in _causes(evidence.dispatches).items()
        if count > 1
    ]
    return line("no image is rebuilt twice for one digest", f"{len(_causes(evidence.dispatches))} causes", doubled)


def none_lost(evidence: Evidence) -> Line:
    """Every image was rebuilt on every digest that one of its parents got, and kept long enough to be due."""
    causes = _causes(evidence.dispatches)
    due = list(_due(evidence))
    lost, overtaken = [], 0
    for each in due:
        if causes[each.image, each.published.repository, each.published.digest]:
            continue
        if each.last:
            lost.append(f"{each.image} was not rebuilt on {each.published.repository} {_short(each.published.digest)}")
        else:
            overtaken += 1
    found = f"{len(due)} due" + (f", {overtaken} of them overtaken by a newer digest" if overtaken else "")
    return line("every due rebuild is dispatched", found, lost)


def in_git(evidence: Evidence) -> Line:
    """The rebuilds that git has are those that GitHub was asked for."""
    asked: dict[str, set[str]] = defaultdict(set)
    for each in evidence.dispatches:
        asked[each.image].add(each.rebuild)
    names = asked.keys() | evidence.records.keys()
    wrong = [
        f"{name}: {rebuild} is only {where}"
        for name in names
        for rebuild, where in _apart(asked[name], evidence.records.get(name, frozenset()))
    ]
    return line("git has every dispatch, and no other", f"{sum(map(len, evidence.records.values()))} records", wrong)


def all_ended(evidence: Evidence) -> Line:
    """Every build has ended."""
    running = [f"{each.image}: {each.rebuild}" for each in evidence.dispatches if not each.completed]
    return line("every build has ended", f"{len(evidence.dispatches) - len(running)} ended", running)


def _apart(asked: set[str], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from ((rebuild, "at GitHub") for rebuild in asked - known)
    yield from ((rebuild, "in git") for rebuild in known - asked)


def _causes(dispatches: Sequence[Dispatch]) -> Counter[tuple[str, str, str]]:
    return Counter(
        (each.image, base.repository, base.digest) for each in dispatches for base in each.bases if base.cause
    )


def _due(evidence: Evidence) -> Iterator[_Due]:
    by_repository: Mapping[str, list[Published]] = defaultdict(list)
    for each in evidence.published:
        by_repository[each.repository].append(each)
    for repository, published in by_repository.items():
        for each in published:
            for image in () if each.first else evidence.dependents.get(repository, ()):
                yield _Due(image, each, each is published[-1])


def _is_base(published: Published) -> bool:
    return published.repository.startswith("library/")


def _short(digest: str) -> str:
    return digest[:_SHORT]
