"""The valid patterns of each key of policy.yaml.

Each `*_problem` returns None when the pattern is valid; otherwise it returns what is wrong and what to write.
"""

import re
from collections.abc import Iterable
from typing import get_args

from catalog.reference import canonical_registry
from provider.domain.enrollment import ADMINS_FILE
from provider.domain.enrollment_grammar import branch_problem, owner_problem, registry_problem, shown
from provider.domain.policy.patterns import LONGEST
from provider.domain.source_address import SourceProvider

_TEAMS = "images.d/"
_FILES = re.compile(rf"{re.escape(_TEAMS)}[A-Za-z0-9._*-]*(\.yaml|\*)")
_SOURCE = re.compile(rf"({'|'.join(get_args(SourceProvider))}):[!-~]+")
_PATH = re.compile(r"[a-z0-9._/*-]+")
_WORKFLOW = re.compile(r"[A-Za-z0-9_. *-]*(\.ya?ml|\*)")
_HUB = re.compile(r"docker\.io/[^/*]+")
_LONGER = f"is longer than {LONGEST} characters; write a shorter pattern"


def files_problem(text: str) -> str | None:
    """Check the path of a team's file."""
    if text == ADMINS_FILE:
        return f"{ADMINS_FILE} is the admins' file and needs no rule; name a team's file, {_TEAMS}<team>.yaml"
    fits = bool(_FILES.fullmatch(text))
    return _checked(text, f"is not a team's file; write for example {_TEAMS}team-a.yaml", fits=fits)


def sources_problem(text: str) -> str | None:
    """Check a pattern of source repositories, with the provider."""
    right = "write for example github:acme/* or git:https://git.example.org/**"
    provider, _, repo = text.partition(":")
    fits = bool(_SOURCE.fullmatch(text)) and (provider == "git" or "/" in repo or "**" in repo)
    # An address may hold a password, so the text is not repeated.
    return _checked(text, f"is not a pattern of sources; {right}", fits=fits, name="this")


def images_problem(text: str) -> str | None:
    """Check a pattern of registry and repository. The registry has no wildcard, so that nobody else's is meant."""
    right = "write for example ghcr.io/acme/*: the registry and the path, in lower case, without tag"
    host, slash, path = text.partition("/")
    if _HUB.fullmatch(f"{canonical_registry(host)}/{path}"):
        return f"{shown(text)} matches nothing; write docker.io/library/{path}"
    fits = bool(slash) and registry_problem(host) is None and bool(_PATH.fullmatch(path))
    return _checked(text, f"is not a pattern of images; {right}", fits=fits)


def canonical_images(patterns: Iterable[str]) -> tuple[str, ...]:
    """Patterns of images, their registries spelled as in references."""
    parts = (pattern.partition("/") for pattern in patterns)
    return tuple(f"{canonical_registry(host)}{slash}{path}" for host, slash, path in parts)


def workflows_problem(text: str) -> str | None:
    """Check a pattern of workflows."""
    right = "write the name of a file in .github/workflows, for example build*.yml"
    return _checked(text, f"is not a pattern of workflows; {right}", fits=bool(_WORKFLOW.fullmatch(text)))


def refs_problem(text: str) -> str | None:
    """Check a pattern of branches."""
    fits = bool(text) and branch_problem(text.replace("*", "x")) is None and not text.startswith("refs/heads/")
    return _checked(text, "is not a pattern of branches; write for example main or release/*", fits=fits)


def owners_problem(text: str) -> str | None:
    """Check a pattern of owners."""
    fits = owner_problem(text.replace("*", "x")) is None
    return _checked(text, "is not a pattern of owners; write for example group:default/team-a", fits=fits)


def _checked(text: str, wrong: str, *, fits: bool, name: str | None = None) -> str | None:
    if len(text) > LONGEST:
        return _LONGER
    return None if fits else f"{name or shown(text)} {wrong}"
