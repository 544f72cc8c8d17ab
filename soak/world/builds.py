"""The workflows of the teams: each build takes some seconds, pushes a new image and ends well."""

import json
import random
import threading
import time
from collections.abc import Callable, Mapping

import requests

from soak.evidence import Dispatch, PassedBase
from soak.population import TAG, Product
from soak.world.truth import Truth
from tests.peers.github.runs import Run
from tests.peers.github.server import GitHub
from tests.peers.images import PushedImage, push

_SHORTEST, _LONGEST = 2.0, 5.0
_AGAIN_SECONDS = 1.0
_PATIENCE = 300.0


class Builds:
    """Carries out the dispatches that GitHub takes; builds whose registry is down try again, as their tools do.

    Args:
        ended: called with each run that has ended.
    """

    def __init__(
        self,
        github: GitHub,
        registry_url: str,
        products: Mapping[str, Product],
        truth: Truth,
        seed: int,
        ended: Callable[[Run], None],
    ) -> None:
        self._github, self._registry_url, self._products = github, registry_url, products
        self._truth, self._ended = truth, ended
        self._dice = random.Random(seed)  # noqa: S311 - how long builds take is no secret
        self._lock = threading.Lock()
        self.running = 0

    def build(self, run: Run) -> None:
        """Do what a workflow does."""
        product = self._products[_image_of(run)]
        with self._lock:
            self.running += 1
            seconds = self._dice.uniform(_SHORTEST, _LONGEST)
        try:
            self._github.start(run.id)
            time.sleep(seconds)
            self._truth.add(product.repository, self._pushed(product, run))
            self._github.finish(run.id, "success")
        finally:
            with self._lock:
                self.running -= 1
        self._ended(run)

    def dispatches(self) -> list[Dispatch]:
        """Everything that was dispatched so far, oldest first."""
        return [_dispatch(run) for run in self._github.runs()]

    def _pushed(self, product: Product, run: Run) -> PushedImage:
        passed = {base.repository: base.digest for base in _bases(run)}
        base = self._truth.image(passed.get(product.final, "")) or self._truth.current(product.final)
        content = f"{product.name} built by run {run.id} on {json.dumps(passed, sort_keys=True)}"
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                return push(self._registry_url, product.repository, [TAG], content=content, base=base)
            except requests.RequestException:
                if time.monotonic() > until:
                    raise
                time.sleep(_AGAIN_SECONDS)


def _dispatch(run: Run) -> Dispatch:
    rebuild = run.inputs.get("image_factory_rebuild_id", "")
    at = run.created_at.timestamp()
    return Dispatch(_image_of(run), rebuild, at, tuple(_bases(run)), run.status == "completed")


def _image_of(run: Run) -> str:
    return run.workflow.file_name.removesuffix(".yml")


def _bases(run: Run) -> list[PassedBase]:
    passed = json.loads(run.inputs.get("image_factory_base_images") or "[]")
    return [PassedBase(each["reference"].partition("/")[2], each["digest"], each["cause"]) for each in passed]
