"""One soak from its first start to its evidence: warm up, move base images while faults come, let everything end."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import urllib3

from soak.checks.agreement import same_facts
from soak.checks.rebuilds import all_ended, none_lost
from soak.evidence import Evidence, FaultWindow, LogText
from soak.faults.acts import ACTS, NotPossible
from soak.faults.plan import PlannedFault, planned_faults
from soak.load.moves import PlannedMove, planned_moves
from soak.load.readers import readings
from soak.options import Options
from soak.population import BASE_TAG
from soak.progress import Progress
from soak.world.config_state import config_state, of_api
from soak.world.memory import MemorySampler, ProcessorTime
from soak.world.service import READ_TOKEN, ROOT
from soak.world.soak_world import CONFIG, SoakWorld
from tests.peers.process import PeerFailed, wait_until

_BASE_PATIENCE = 240.0
_PATIENCE_AN_IMAGE = 0.4
_PEOPLE_EVERY = 20.0
_PROGRESS_EVERY = 10.0
_CHECK_SECONDS = 3.0
_PAGE_SIZE = 100
_STOP_SECONDS = 30.0


class Soak:
    """Runs once; `evidence` is complete when `run` has returned."""

    def __init__(self, options: Options, folder: Path, say: Callable[[str], None]) -> None:
        self.options, self.folder = options, folder
        self.evidence = Evidence()
        self._say = say
        self._over = threading.Event()
        self._errors: list[Exception] = []

    def run(self) -> Evidence:
        """Do everything; whatever was started has ended afterwards."""
        self._say(f"soak: {self.options}; folder {self.folder}")
        with SoakWorld(self.folder, self.options) as world:
            self._say(f"started: {world.url}, registry {world.delayed.host}, {len(world.images.products)} images")
            self.evidence.dependents = {
                name: tuple(product.name for product in each) for name, each in world.images.dependents.items()
            }
            self._warm_up(world)
            with self._watched(world):
                self._hold_out(world)
                self._come_to_rest(world)
            self._gather(world)
        return self.evidence

    def _warm_up(self, world: SoakWorld) -> None:
        started = time.monotonic()
        count = len(world.images.products)

        def checked() -> bool:
            try:
                found = world.ask("/api/v1/images?pageSize=1&role=managed&status=error")["total"]
                known = sum(
                    world.ask(f"/api/v1/images?pageSize=1&role=managed&status={status}")["total"]
                    for status in ("up-to-date", "unverified")
                )
            except urllib3.exceptions.HTTPError:
                return False
            self._say(f"warming up: {known} of {count} images are checked, {found} have an error")
            time.sleep(_CHECK_SECONDS)
            return bool(known == count) and not world.ready()

        wait_until(checked, "every image to be checked", _BASE_PATIENCE + count * _PATIENCE_AN_IMAGE)
        self._say(f"every image was checked after {time.monotonic() - started:.0f} s")

    @contextmanager
    def _watched(self, world: SoakWorld) -> Iterator[None]:
        """Read pages and sample memory."""
        file = self.folder / "readings.jsonl"
        options = self.options
        numbers = map(str, (options.readers, options.seed, options.images, file))
        command = [sys.executable, "-m", "soak.load.readers", world.url, READ_TOKEN, *numbers]
        with ExitStack() as stack:
            reading = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT))
            processes = [world.web, *world.workers.values()]
            before = ProcessorTime.of(world.web.pid)
            stack.enter_context(MemorySampler(processes, self.evidence.memory.append))
            try:
                yield
            finally:
                reading.communicate(timeout=_STOP_SECONDS)
                self.evidence.readings = readings(file)
                self.evidence.waited = ProcessorTime.of(world.web.pid).waiting_since(before)

    def _hold_out(self, world: SoakWorld) -> None:
        """Let base images move and faults come."""
        moves = planned_moves(world.images, self.options.seconds, self.options.seed)
        faults = planned_faults(self.options.seconds, self.options.seed)
        expected = sum(len(world.images.affected(move.repository)) for move in moves)
        self._say(f"{len(moves)} base images move, {expected} rebuilds follow; {len(faults)} faults come")
        self.evidence.began = began = time.time()
        progress = Progress(world, self.evidence, began, len(moves), expected)
        threads = [
            threading.Thread(target=self._contained, args=(work,), daemon=True)
            for work in (
                lambda: self._move(world, moves, began),
                lambda: self._inject(world, faults, began),
                lambda: self._push_as_people_do(world),
            )
        ]
        for thread in threads:
            thread.start()
        while time.time() < began + self.options.seconds:
            time.sleep(_PROGRESS_EVERY)
            self._say(progress.line())
        self._over.set()
        for thread in threads:
            thread.join()
        self.evidence.ended = time.time()
        if self._errors:
            raise PeerFailed(f"the soak itself failed: {self._errors[0]!r}") from self._errors[0]

    def _contained(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised in the main thread, once all have ended
            self._errors.append(error)

    def _move(self, world: SoakWorld, moves: list[PlannedMove], began: float) -> None:
        for move in moves:
            if not self._wait_until(began + move.at):
                return
            # The registry may be down: upstream tries again.
            wait_until(lambda move=move: _tried(world, move.repository), f"{move.repository} to be pushed", 300)  # type: ignore[misc]  # mypy reads no default of a lambda
            if move.told:
                world.webhooks.image_pushed(move.repository, BASE_TAG)

    def _inject(self, world: SoakWorld, faults: list[PlannedFault], began: float) -> None:
        for fault in faults:
            if not self._wait_until(began + fault.at):
                return
            self._one_fault(world, fault)

    def _one_fault(self, world: SoakWorld, fault: PlannedFault) -> None:
        started = time.time()
        try:
            with ACTS[fault.kind](world) as target:
                self._say(f"fault: {fault.kind}, for {fault.lasts:.0f} s")
                self._wait_until(started + fault.lasts)
        except NotPossible as reason:
            self._say(f"fault: {fault.kind} is left out: {reason}")
            self.evidence.faults.append(FaultWindow(fault.kind, "", started, started, str(reason), done=False))
            return
        ended = time.time()
        self.evidence.faults.append(FaultWindow(fault.kind, target, started, ended))
        self._say(f"healed: {fault.kind}, after {ended - started:.0f} s")

    def _push_as_people_do(self, world: SoakWorld) -> None:
        """People change the config repository beside the service."""
        number = 0
        while self._wait_until(time.time() + _PEOPLE_EVERY):
            number += 1
            text = f"Notes of the team, changed {number} times.\n"
            world.git.repositories.commit(CONFIG, {"README.md": text}, message="Change the notes")
            world.webhooks.pushed(CONFIG, world.config_url)

    def _wait_until(self, at: float) -> bool:
        """Whether the soak still goes on at that time."""
        return not self._over.wait(max(0.0, at - time.time()))

    def _come_to_rest(self, world: SoakWorld) -> None:
        """Wait until every due rebuild was dispatched and has ended, and the database shows it; or give up."""
        started = time.monotonic()
        patience = _BASE_PATIENCE + self.options.images * _PATIENCE_AN_IMAGE / 2

        def at_rest() -> bool:
            time.sleep(_CHECK_SECONDS)
            self._collect(world)
            lost, ended, agree = none_lost(self.evidence), all_ended(self.evidence), same_facts(self.evidence)
            statuses = ", ".join(f"{count} {status}" for status, count in self.evidence.statuses.items())
            self._say(f"coming to rest: {len(lost.faults)} rebuilds are missing; {statuses}")
            moving = {"due", "waiting", "rebuilding", "failed", "error", "unknown"} & self.evidence.statuses.keys()
            return lost.holds and ended.holds and agree.holds and not moving and not world.ready()

        try:
            wait_until(at_rest, "everything to come to rest", patience)
        except PeerFailed as late:
            self._say(f"{late}; the checks say what is missing")
        self._say(f"came to rest after {time.monotonic() - started:.0f} s")

    def _collect(self, world: SoakWorld) -> None:
        evidence = self.evidence
        evidence.published = list(world.truth.published)
        evidence.dispatches = world.builds.dispatches()
        state = config_state(world.git.repositories.path(CONFIG))
        evidence.in_git, evidence.recorded, evidence.records = state.facts, state.ledgers, state.records
        try:
            documents = list(_all_images(world))
        except urllib3.exceptions.HTTPError as error:
            self._say(f"the API does not answer: {error}")
            return
        evidence.in_index = of_api(documents)
        evidence.statuses = _counted(each["status"] for each in documents if each["role"] == "managed")

    def _gather(self, world: SoakWorld) -> None:
        self._collect(world)
        evidence = self.evidence
        evidence.ready = world.ready()
        evidence.logs = [
            LogText(process.program.name, process.text()) for process in (world.web, *world.workers.values())
        ]


def _tried(world: SoakWorld, repository: str) -> bool:
    try:
        world.move(repository)
    except OSError:
        time.sleep(1.0)
        return False
    return True


def _all_images(world: SoakWorld) -> Iterator[dict[str, Any]]:
    page = 1
    while True:
        answer = world.ask(f"/api/v1/images?pageSize={_PAGE_SIZE}&page={page}")
        yield from answer["items"]
        if page * _PAGE_SIZE >= answer["total"]:
            return
        page += 1


def _counted(statuses: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for status in statuses:
        found[status] = found.get(status, 0) + 1
    return found
