"""A base image, what is built from it directly and over a parent, and what is behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from catalog.image import (
    DependencyDocument,
    DependencyRole,
    Evidence,
    Image,
    OriginDocument,
    Status,
    VerificationDocument,
    VerificationOutcome,
)
from catalog.reference import Digest
from tests.provider.web_images import NOW, base, dependency, digest, managed, update

OLD, NEW, RUN_OLD, RUN = digest("2"), digest("3"), digest("e"), digest("f")
_SIGNED = VerificationDocument(NEW, VerificationOutcome.VERIFIED, NOW, by="keys/team.pem")
NODE = base(
    "node-22",
    repository="library/node",
    digest=NEW,
    digest_since=NOW - timedelta(days=2),
    last_updated=NOW - timedelta(days=2),
    first_discovered=NOW - timedelta(days=90),
    updates=(
        update(90, "1", None, 30),
        update(30, "2", "1", 9),
        replace(update(9, "4", "2", 2), repoint=True),
        replace(update(2, "3", "4"), verifications=(_SIGNED,)),
    ),
)
_STATUSES = (
    Status.FAILED,
    Status.HELD,
    Status.WAITING,
    Status.DUE,
    Status.REBUILDING,
    Status.UP_TO_DATE,
    Status.UP_TO_DATE,
    Status.UP_TO_DATE,
    Status.UNVERIFIED,
)
_BEHIND = {Status.FAILED, Status.HELD, Status.WAITING, Status.DUE, Status.REBUILDING}


def on(
    name: str,
    built_on: Digest,
    newest: Digest,
    evidence: Evidence = Evidence.VERIFIED,
    role: DependencyRole = DependencyRole.FINAL,
) -> DependencyDocument:
    """A dependency, with the digests of the image and of the base."""
    return replace(dependency(name, role), built_on=built_on, evidence=evidence, newest=newest, status=Status.WATCHED)


def world(count: int) -> list[Image]:
    """The base image, a managed image on it, and so many services, two of three directly on the base."""
    run = managed(
        "base-node",
        dependencies=(
            on("node-22", NEW, NEW),
            on("dockerfile-1", digest("7"), digest("7"), role=DependencyRole.SYNTAX),
        ),
        digest=RUN,
        origins=(OriginDocument(RUN, (NEW,)), OriginDocument(RUN_OLD, (OLD,))),
    )
    return [NODE, base("dockerfile-1", repository="docker/dockerfile"), base("debian-12"), run, *_services(count)]


def _services(count: int) -> Iterator[Image]:
    for number in range(count):
        status = _STATUSES[number % len(_STATUSES)]
        behind = status in _BEHIND
        evidence = Evidence.ASSUMED if status is Status.UNVERIFIED else Evidence.VERIFIED
        over = number % 3 == 2
        uses = on("base-node", RUN_OLD if behind else RUN, RUN) if over else on("node-22", OLD if behind else NEW, NEW)
        others = (on("debian-12", digest("8"), digest("8"), role=DependencyRole.STAGE),) if number % 10 == 0 else ()
        yield managed(
            f"team-{number % 7}-service-{number:03}",
            status=status,
            reason=f"Why it is {status.value}.",
            dependencies=(replace(uses, evidence=evidence), *others),
            behind_since=NOW - timedelta(days=2) if behind else None,
            by_hand="it is on hold" if status is Status.HELD else None,
        )
