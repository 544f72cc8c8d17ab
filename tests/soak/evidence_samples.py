"""The evidence of a small soak in which everything went well, for the tests of its checks."""

from soak.evidence import (
    Dispatch,
    Evidence,
    FaultWindow,
    ImageFacts,
    LogText,
    MemorySample,
    PassedBase,
    Published,
    Reading,
)

BASE, PARENT = "library/base-0000", "acme/app-00000"
BEGAN = 1_000_000.0


def flat(process: str = "worker-1", pid: int = 7, *, a_minute: float = 0.0, minutes: float = 10) -> list[MemorySample]:
    """A sample every five seconds; it grows by `a_minute` megabytes a minute, and swings by two."""
    return [
        MemorySample(process, pid, BEGAN + at, 130 + a_minute * at / 60 + (number % 5) / 2)
        for number, at in enumerate(range(0, int(minutes * 60), 5))
    ]


def good_evidence() -> Evidence:
    """A base image moved: the parent was rebuilt on it, and then its child on the new parent."""
    return Evidence(
        began=BEGAN,
        ended=BEGAN + 600,
        dependents={BASE: ("app-00000",), PARENT: ("app-00001",)},
        published=[
            Published(BASE, "sha256:b1", BEGAN - 100, first=True),
            Published(PARENT, "sha256:p1", BEGAN - 100, first=True),
            Published(BASE, "sha256:b2", BEGAN + 10),
            Published(PARENT, "sha256:p2", BEGAN + 60),
        ],
        dispatches=[
            Dispatch("app-00000", "r1", BEGAN + 40, (PassedBase(BASE, "sha256:b2", cause=True),)),
            Dispatch("app-00001", "r2", BEGAN + 70, (PassedBase(PARENT, "sha256:p2", cause=True),)),
        ],
        faults=[FaultWindow("kill postgresql", "postgresql", BEGAN + 100, BEGAN + 110)],
        readings=[Reading("/images", BEGAN + at, 0.1, 200, "/images") for at in range(0, 600, 10)],
        memory=flat(),
        recorded={BASE: frozenset({"sha256:b1", "sha256:b2"})},
        in_git={"app-00000": ImageFacts("sha256:p2", {"base-0000-1-0": "sha256:b2"}, "r1")},
        in_index={"app-00000": ImageFacts("sha256:p2", {"base-0000-1-0": "sha256:b2"}, "r1")},
        statuses={"up-to-date": 2},
        records={"app-00000": frozenset({"r1"}), "app-00001": frozenset({"r2"})},
        logs=[LogText("worker-1", "all is well\n")],
    )
