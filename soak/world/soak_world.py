"""Starts the service and everything that it connects to: PostgreSQL, a registry behind latency, git and GitHub."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from soak.load.webhooks import SECRET, Webhooks
from soak.options import Options
from soak.population import BASE_TAG, TAG, Population, config_files, population, source_files, sources
from soak.world.builds import Builds
from soak.world.clocks import JumpingClock
from soak.world.disks import SmallDisk
from soak.world.flaky import FlakyGit, FlakyGitHub, FlakyRegistry, Share
from soak.world.postgresql import Postgresql
from soak.world.processes import Supervised
from soak.world.service import ADMIN_TOKEN, WORKERS, Addresses, web, worker
from soak.world.stocking import Stock
from soak.world.truth import Truth
from tests.peers.images import push
from tests.peers.latency.delay import DelayProxy
from tests.peers.process import reserved_port
from tests.peers.registry import DockerRegistry, Notifications

CONFIG = "acme/image-config"
_ONE_WAY_MS = 10.0
_DISK_MEGABYTES = 96
_KILOBYTES_AN_IMAGE = 24
_GITHUB_LIMIT = 15_000
"""Requests an hour, as an App has at GitHub Enterprise Cloud."""


class SoakWorld:
    """A context manager: stocks the registry, starts the peers, and the service last; every image is enrolled.

    Attributes:
        workers: by name.
        share: of failing answers, of each peer.
    """

    def __init__(self, folder: Path, options: Options) -> None:
        self.folder, self.options = folder, options
        self.images: Population = population(options.images, options.bases, options.seed)
        self.truth = Truth()
        self.share = {name: Share(options.seed) for name in ("registry", "github", "git")}
        self.workers: dict[str, Supervised] = {}
        self._stack = ExitStack()
        self._moving = threading.Lock()
        self._moved = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stack.close()

    def move(self, repository: str) -> None:
        """Upstream publishes a new digest of a base image."""
        with self._moving:
            self._moved += 1
            pushed = push(self.delayed.url, repository, [BASE_TAG], content=f"{repository} moved {self._moved}")
            self.truth.add(repository, pushed)

    def ask(self, path: str) -> Any:
        """An answer of the API.

        Raises:
            urllib3.exceptions.HTTPError: there was none, or it is not 200.
        """
        headers = {"X-Image-Factory-Token": ADMIN_TOKEN}
        answer = self._http.request("GET", self.url + path, headers=headers)
        if answer.status != 200:
            raise urllib3.exceptions.HTTPError(f"{path}: {answer.status}")
        return answer.json()

    def ready(self) -> str:
        """What does not work by /readyz; empty: everything works."""
        try:
            answer = self._http.request("GET", f"{self.url}/readyz", headers={"X-Image-Factory-Token": ADMIN_TOKEN})
        except urllib3.exceptions.HTTPError as error:
            return str(error)
        return "" if answer.status == 200 else answer.data.decode(errors="replace")[:500]

    def _start(self) -> None:
        enter = self._stack.enter_context
        self.logs = self.folder / "logs"
        for name in ("logs", "registry", "git", "data"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._http = urllib3.PoolManager(retries=False, timeout=60)
        port = enter(reserved_port())
        self.url = f"http://127.0.0.1:{port}"
        notifications = Notifications(f"{self.url}/webhooks/distribution/{SECRET}")
        self._stock()
        self.registry = enter(DockerRegistry(self.folder / "registry", notifications=notifications))
        front = enter(FlakyRegistry(self.registry.url, self.share["registry"]))
        self.delayed = enter(DelayProxy(int(front.host.rpartition(":")[2]), _ONE_WAY_MS))
        self.postgresql = enter(Postgresql(self.logs))
        self.git = enter(FlakyGit(self.folder / "git", self.share["git"]))
        self.git.repositories.now = time.time
        self.config_url = self.git.create(CONFIG, config_files(self.images, self.delayed.host, self.options.delay))
        self._start_github()
        self._start_service(port)

    def _stock(self) -> None:
        stock = Stock(self.folder / "registry/images")
        for base in self.images.bases:
            self.truth.add(base, stock.add(base, BASE_TAG, f"{base} first"), first=True)
        for product in self.images.products:
            image = stock.add(product.repository, TAG, "built by hand", self.truth.current(product.final))
            self.truth.add(product.repository, image, first=True)

    def _start_github(self) -> None:
        self.github = self._stack.enter_context(FlakyGitHub(self.share["github"]))
        self.github.rate_limit.limit = _GITHUB_LIMIT
        for source, products in sources(self.images).items():
            self.github.add_repository(source, source_files(products, self.delayed.host))
        self.webhooks = self._stack.enter_context(Webhooks(self.url))
        by_name = {product.name: product for product in self.images.products}
        self.builds = Builds(
            self.github, self.delayed.url, by_name, self.truth, self.options.seed, self.webhooks.run_ended
        )
        self.github.on_dispatch(self.builds.build)

    def _start_service(self, port: int) -> None:
        addresses = Addresses(
            database=self.postgresql.url,
            config=self.config_url,
            config_token=self.git.write_token,
            github=self.github.url,
            registry=self.delayed.host,
        )
        data = self.folder / "data"
        # Room for the checkout, its objects and what git writes while it packs them.
        megabytes = _DISK_MEGABYTES + self.options.images * _KILOBYTES_AN_IMAGE // 1000
        self.disk = self._stack.enter_context(SmallDisk(data / WORKERS[1], megabytes))
        self.clock = JumpingClock(self.folder)
        self.web = web(port, data / "web", self.logs, addresses, lambda: not self._silent())
        self.workers = {
            WORKERS[0]: worker(WORKERS[0], data / WORKERS[0], self.logs, addresses, {}),
            WORKERS[1]: worker(WORKERS[1], self.disk.folder, self.logs, addresses, self.clock.environment),
        }
        for process in (self.web, *self.workers.values()):
            self._stack.callback(process.stop)
            process.start()

    def _silent(self) -> bool:
        try:
            return self._http.request("GET", f"{self.url}/healthz", timeout=5.0).status != 200
        except urllib3.exceptions.HTTPError:
            return True
