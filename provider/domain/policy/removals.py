"""Which removals wait until an admin allows them: a commit that empties a file is often a mistake. Pure."""

from collections.abc import Collection, Mapping

MANY = 5
"""So many images may always be removed at once."""

SHARE = 5
"""More than one in so many images is too many at once."""


def waiting_removals(files: Mapping[str, str], removed: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The removals that wait, by the file that had the entries; the names are sorted.

    The removals of a file wait where it loses more than a fifth of its images, and more than five. Files that lose more
    than a fifth of their images, but not more than five, wait where all other removals together are more than a fifth
    of all images, and more than five. So the mistake of one team stops nothing that others remove.

    Args:
        files: the file of each image, by name; the removed ones are among them.
        removed: the names that would be removed.
    """
    sizes = _counts(files.values())
    lost: dict[str, list[str]] = {}
    for name in sorted(removed):
        lost.setdefault(files[name], []).append(name)
    large = {file for file, names in lost.items() if too_many(len(names), sizes[file])}
    others = sum(len(names) for file, names in lost.items() if file not in large)
    small = {file for file, names in lost.items() if len(names) * SHARE > sizes[file]}
    waiting = large | small if too_many(others, len(files)) else large
    return {file: tuple(lost[file]) for file in sorted(waiting)}


def too_many(removed: int, total: int) -> bool:
    """Whether so many of so many images are too many at once."""
    return removed > MANY and removed * SHARE > total


def _counts(files: Collection[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        counts[file] = counts.get(file, 0) + 1
    return counts
