"""A storm of webhooks, a third of them sent twice, with a kill of the service in the middle."""

import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import urllib3

from demo.hooked import HookedWorld, Post, pushed
from demo.world import CONFIG
from tests.peers.process import wait_until

_SENDERS = 8
_AGAIN_SECONDS = 0.2
_LONGEST = 120.0
_PARTS = 3


@dataclass(slots=True)
class Storm:
    """What became of the requests.

    Attributes:
        sent: how many were sent, those that were sent twice counted twice.
        different: how many of them were different.
        statuses: of the answers.
        late: how many answers took the service more than a second.
        seconds: from the first request to the last answer, without the restart.
    """

    sent: int
    different: int
    statuses: Counter[int] = field(default_factory=Counter)
    late: int = 0
    seconds: float = 0.0


def storm(world: HookedWorld, count: int) -> Storm:
    """Change an image, a Dockerfile and the enrollments, and send `count` webhooks, some of which report it.

    When half of them are answered, the service is killed and started again. A sender that gets no answer sends the same
    webhook again, as GitHub's and everybody's do.
    """
    different = count - count // _PARTS
    posts = list(_posts(world, different))
    every = posts + posts[: count // _PARTS]
    random.Random(7).shuffle(every)  # noqa: S311 - the same order in each run
    found = Storm(count, different)
    _change(world)
    waiting: queue.SimpleQueue[Post] = queue.SimpleQueue()
    for post in every:
        waiting.put(post)
    senders = [threading.Thread(target=_send, args=(world, waiting, found.statuses)) for _ in range(_SENDERS)]
    started = time.monotonic()
    for sender in senders:
        sender.start()
    wait_until(lambda: found.statuses.total() >= count // 2, "half of the webhooks", _LONGEST)
    found.late += late_answers(world)
    killed = time.monotonic()
    world.kill_service()
    world.start_service()
    down = time.monotonic() - killed
    for sender in senders:
        sender.join(_LONGEST)
    found.seconds = time.monotonic() - started - down
    wait_until(lambda: world.deliveries("?state=open") == 0, "every webhook to be acted on", _LONGEST)
    found.late += late_answers(world)
    return found


def late_answers(world: HookedWorld) -> int:
    """How many answers to webhooks took the running service more than a second, by its own metrics."""
    every = in_time = 0
    for line in world.metrics().splitlines():
        if 'endpoint="webhooks.' in line and line.startswith("image_factory_http_request_seconds"):
            number = int(float(line.rpartition(" ")[2]))
            every += number if "_seconds_count{" in line else 0
            in_time += number if 'le="1.0"' in line else 0
    return every - in_time


def _change(world: HookedWorld) -> None:
    """What some of the webhooks report: each has to be found, and nothing else finds it."""
    world.move()
    world.github.commit("acme/api", {"Dockerfile": 'FROM busybox:1.36\nCMD ["/api"]\n'})
    text = world.git.repositories.read(CONFIG, "images.yaml")
    changed = text.replace("- name: api\n", "- name: api\n  title: The API\n")
    world.git.repositories.commit(CONFIG, {"images.yaml": changed}, message="Name the API")


def _posts(world: HookedWorld, count: int) -> Iterator[Post]:
    makers: Sequence[Callable[[int], Post]] = (
        lambda _: world.hub_post("library/node", "22"),
        lambda _: world.hub_post("library/debian", "12"),
        lambda number: world.hub_post("acme/not-tracked", str(number)),
        lambda _: world.github_post("push", pushed("acme/api", "https://github.com/acme/api.git")),
        lambda _: world.github_post("push", pushed("acme/other", "https://github.com/acme/other.git")),
        lambda _: world.github_post("push", pushed(CONFIG, world.config_url)),
        lambda _: world.hub_post("library/node", "22"),
        lambda number: world.github_post("workflow_run", _run(number)),
        lambda _: world.github_post("ping", {"zen": "Keep it logically awesome."}),
    )
    for number in range(count):
        yield makers[number % len(makers)](number)


def _run(number: int) -> dict[str, object]:
    run = {"id": 1_000_000 + number, "name": "Build", "head_repository": {"full_name": "acme/base"}}
    return {"action": "in_progress", "workflow_run": run, "repository": {"full_name": "acme/base"}}


def _send(world: HookedWorld, waiting: "queue.SimpleQueue[Post]", statuses: Counter[int]) -> None:
    with urllib3.PoolManager(retries=False, timeout=30) as connections:
        while True:
            try:
                post = waiting.get_nowait()
            except queue.Empty:
                return
            statuses[_answered(world, connections, post)] += 1


def _answered(world: HookedWorld, connections: urllib3.PoolManager, post: Post) -> int:
    until = time.monotonic() + _LONGEST
    while time.monotonic() < until:
        try:
            return connections.request("POST", world.url + post.path, body=post.body, headers=post.headers).status
        except urllib3.exceptions.HTTPError:
            time.sleep(_AGAIN_SECONDS)
    raise TimeoutError(f"{post.path} was not answered within {_LONGEST:g} s")
