"""What is wrong now: all sources in one list, filtered and in one order."""

from collections.abc import Collection, Iterable, Sequence

from provider.operation_ports import ProblemDocument, ProblemFilter, ProblemSource

OF_IMAGES = ("enrollment", "image")
"""The kinds of problems whose name is that of an image."""


def problems_now(sources: Sequence[ProblemSource], wanted: ProblemFilter) -> Sequence[ProblemDocument]:
    """The problems that match a filter, by kind and name; each source has those of one kind."""
    owners = _lowered(wanted.owner)
    found = (problem for source in sources for problem in source() if _matches(problem, wanted, owners))
    return sorted(found, key=_key)


def numbered(problems: Iterable[ProblemDocument]) -> Sequence[tuple[str, ProblemDocument]]:
    """Each problem with a unique text, which leads a cursor to it: two problems may be alike."""
    seen: dict[str, int] = {}
    found = []
    for problem in problems:
        text = repr(_key(problem))[:500]
        seen[text] = seen.get(text, 0) + 1
        found.append((f"{text} {seen[text]}", problem))
    return found


def _matches(problem: ProblemDocument, wanted: ProblemFilter, owners: Collection[str] | None) -> bool:
    if owners is not None and (problem.kind not in OF_IMAGES or (problem.owner or "").lower() not in owners):
        return False
    if wanted.kind is not None and problem.kind != wanted.kind:
        return False
    if wanted.name is not None and problem.name != wanted.name:
        return False
    at = problem.since
    return at is None or ((wanted.since is None or at >= wanted.since) and (wanted.until is None or at < wanted.until))


def _lowered(owner: str | tuple[str, ...] | None) -> Collection[str] | None:
    """The owners in lower case; None where all are wanted. No image has an empty owner."""
    if not owner:
        return None
    return {each.lower() for each in ((owner,) if isinstance(owner, str) else owner) if each}


def _key(problem: ProblemDocument) -> tuple[str, str, str, int, str]:
    return problem.kind, problem.name, problem.file or "", problem.line or 0, problem.message
