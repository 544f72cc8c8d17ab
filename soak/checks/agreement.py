"""Whether the database shows what git says. Pure."""

from collections.abc import Iterator

from soak.checks.line import Line, line
from soak.evidence import Evidence, ImageFacts


def same_facts(evidence: Evidence) -> Line:
    """Every image is in both, with the same digest, the same digests that it is built from, and the same rebuild."""
    names = evidence.in_git.keys() | evidence.in_index.keys()
    wrong = [
        f"{name}: {what}"
        for name in names
        for what in _differences(evidence.in_git.get(name), evidence.in_index.get(name))
    ]
    return line("database and git agree", f"{len(evidence.in_git)} images and base images", wrong)


def _differences(git: ImageFacts | None, index: ImageFacts | None) -> Iterator[str]:
    if git is None or index is None:
        yield "only in the database" if git is None else "only in git"
        return
    if git.digest != index.digest:
        yield f"digest {git.digest} in git, {index.digest} in the database"
    if git.rebuild != index.rebuild:
        yield f"last rebuild {git.rebuild} in git, {index.rebuild} in the database"
    if dict(git.built_on) != dict(index.built_on):
        yield f"built on {dict(git.built_on)} in git, {dict(index.built_on)} in the database"
