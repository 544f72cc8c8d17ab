"""A cached versions page of 20 kB, behind a token check: `image-factory serve` against nginx's `proxy_cache`.

Each has one worker. nginx gets the page from the service, so both send the same bytes; nginx does not revalidate it
during the run, and the service checks once a second that its page is current.
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.asking import Asking
from bench.load import LoadMaker
from bench.marks import Mark
from bench.nginx import Server, nginx
from bench.processor_time import processor_seconds
from bench.rounds import Cost, RunFailed, cpu_share, in_turn, speed, typical
from bench.service import service
from bench.version_registry import IMAGE, VersionRegistry
from tests.peers.process import wait_until

_VERSIONS = f"/api/v1/images/{IMAGE}/versions?pageSize="
_FEW = 20
_COLD = f"{_VERSIONS}{_FEW}"
_PAGE_BYTES = 20_000
_SMALLEST, _LARGEST = 18_000, 22_000
_CALLERS = 20
_OURS, _PEER = "image-factory serve", "nginx proxy_cache"


@dataclass(slots=True)
class _Contestant:
    """The service or nginx; `slowest` has the p99 of each round, in milliseconds."""

    server: Server
    load: LoadMaker
    page: str
    slowest: list[float] = field(default_factory=list)

    def run(self, seconds: int) -> Cost:
        """The cost of one answer with all connections busy: elapsed time and processor time."""
        before = processor_seconds(self.server.pid)
        load = self.load.ask(f"{self.server.url}{self.page}", seconds)
        self.slowest.append(load.p99)
        return Cost(1 / load.rate, (processor_seconds(self.server.pid) - before) / load.answers)


def cached_marks(folder: Path, seconds: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure for this number of seconds in each round; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: an answer is wrong.
        PeerMissing: nginx, wrk or docker-registry is not installed.
        PeerFailed: one of them or the service did not start.
    """
    token = secrets.token_hex(16)
    load = LoadMaker(folder, token)
    with contextlib.ExitStack() as ends:
        registry = ends.enter_context(VersionRegistry(folder))
        report("a cold page")
        alone = _requests_of_one_caller(folder, registry, token)
        ours = ends.enter_context(service(folder, [registry.image], token, registry.settings))
        peer = ends.enter_context(nginx(folder, ours.url, token))
        asking = Asking(ours.url, token)
        crowd = _requests_of_many_callers(asking, registry)
        page = _page_of_the_right_size(asking)
        contestants = {_PEER: _Contestant(peer, load, page), _OURS: _Contestant(ours, load, page)}
        _check({name: Asking(each.server.url, token) for name, each in contestants.items()}, page)
        runs: dict[str, Callable[[], Cost]] = {
            _PEER: lambda: contestants[_PEER].run(seconds),
            _OURS: lambda: contestants[_OURS].run(seconds),
        }
        costs = in_turn(runs, rounds, report)
        report("a registry that is down")
        old = _old_answers(asking, registry, page)
    theirs, own = typical(costs[_PEER]), typical(costs[_OURS])
    p99s = [f"{median(contestants[name].slowest):.1f} ms" for name in (_OURS, _PEER)]
    beside = f"p99 {p99s[0]} beside {p99s[1]}, CPU {cpu_share(theirs, own):.1f} x"
    return [
        Mark("a cached page of 20 kB, rate", speed(theirs, own), f"x {_PEER} ({beside})", 0.2),
        Mark(f"{_CALLERS} callers of a cold page", crowd / alone, "x the requests of one upstream", 1, at_most=True),
        Mark(f"{_CALLERS} callers, registry down", old, "old pages, marked as such", _CALLERS),
    ]


def _requests_of_one_caller(folder: Path, registry: VersionRegistry, token: str) -> int:
    """The number of requests to the registry for one caller of a page that is not cached, with a separate service."""
    own = folder / "alone"
    own.mkdir()
    with service(own, [registry.image], token, registry.settings) as alone, registry.counting() as asked:
        if (status := Asking(alone.url, token).get(_COLD).status) != 200:
            raise RunFailed(f"{_OURS} answered {status} to the first caller, not 200")
    return len(asked)


def _requests_of_many_callers(asking: Asking, registry: VersionRegistry) -> int:
    with registry.counting() as asked:
        answers = asking.at_once(_COLD, _CALLERS)
    pages = {answer.data for answer in answers if answer.status == 200}
    if len(pages) != 1:
        statuses = sorted({answer.status for answer in answers})
        raise RunFailed(
            f"{_CALLERS} callers got {len(pages)} different pages, with {statuses}; expected one page with 200"
        )
    return len(asked)


def _page_of_the_right_size(asking: Asking) -> str:
    """The address of a page with as many versions as fit in 20 kB."""
    return f"{_VERSIONS}{_PAGE_BYTES * _FEW // len(asking.get(_COLD).data)}"


def _old_answers(asking: Asking, registry: VersionRegistry, page: str) -> int:
    """How many callers get the old page, marked as old, while the service cannot get a new one."""
    before = asking.get(page).json()
    registry.go_down()
    again = f"{page}&refresh=true"
    # A refresh is allowed only once in a few seconds.
    wait_until(lambda: bool(asking.get(again).json()["stale"]), "the service should see that the registry is down")
    answers = [answer.json() for answer in asking.at_once(again, _CALLERS) if answer.status == 200]
    return sum(answer["stale"] and answer["items"] == before["items"] for answer in answers)


def _check(contestants: Mapping[str, Asking], page: str) -> None:
    """Check that both send the same page of the right size, and refuse requests without the token.

    Raises:
        RunFailed: one of them does not.
    """
    bodies = set()
    for name, asking in contestants.items():
        answer, refused = asking.get(page), asking.stranger(page)
        if (answer.status, refused.status) != (200, 401):
            raise RunFailed(
                f"{name} answered {answer.status} with a token and {refused.status} without; not 200 and 401"
            )
        if not _SMALLEST <= len(answer.data) <= _LARGEST:
            raise RunFailed(f"{name} answered {len(answer.data)} bytes; expected {_SMALLEST} to {_LARGEST}")
        bodies.add(answer.data)
    if len(bodies) != 1:
        raise RunFailed(f"{' and '.join(contestants)} send different pages; expected the same bytes")
