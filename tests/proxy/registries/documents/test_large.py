"""Large documents of many registries at the same time."""

import json
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

from proxy.errors import Garbage, OutsideFailure
from proxy.http.transport import Transport
from proxy.registries.documents.large import turn_of
from proxy.registries.manifests import MOST_PARTS
from tests.peers.exchange import Answer
from tests.proxy.registries.token_registry import FOUND
from tests.proxy.scripted import ScriptedHost, registries

MEGABYTE = 1024 * 1024
CHILDREN = [
    {"digest": f"sha256:{number:064x}", "platform": {"os": "a", "architecture": "b"}} for number in range(25_000)
]
WIDE = json.dumps({"schemaVersion": 2, "manifests": CHILDREN}).encode()


def test_a_large_document_waits_for_the_one_before() -> None:
    """A small one does not."""
    entered = threading.Event()

    def read() -> None:
        with turn_of(WIDE):
            entered.set()

    with turn_of(WIDE):
        thread = threading.Thread(target=read)
        thread.start()
        with turn_of(b"{}"):
            assert not entered.wait(0.05)
    thread.join(10)
    assert entered.is_set()


def test_large_manifests_at_the_same_time_need_the_memory_of_one(transport: Transport, host: ScriptedHost) -> None:
    """Eight of three megabytes; each is forty in memory while it is read."""
    host.script = lambda _: Answer(200, WIDE)
    registry = registries(transport)
    tracemalloc.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            images = [host.image(f"r{number}:1") for number in range(8)]
            found = list(pool.map(registry.manifest, images))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert {len(each.platforms) for each in found} == {1}
    assert peak < 8 * 2 * len(WIDE) + 80 * MEGABYTE


@pytest.mark.parametrize(
    "body",
    [
        b'{"schemaVersion":2,"manifests":[' + b"{}," * 1_300_000 + b"{}]}",
        b'{"schemaVersion":2,"layers":[' + b"[]," * 1_300_000 + b"[]]}",
        b'{"schemaVersion":1,"signatures":[' + b"{}," * 1_000_000 + b"{}]}",
        b'{"schemaVersion":2,"manifests":[' + b'{"platform":{"os":"a"}},' * 150_000 + b"{}]}",
        b"[" * 4_000_000,
    ],
    ids=["objects", "lists", "signatures", "children", "depth"],
)
def test_a_document_of_very_many_parts_is_refused_before_it_is_read(
    body: bytes, transport: Transport, host: ScriptedHost
) -> None:
    """It would be a hundred times as large in memory. The other images of the registry are checked."""
    host.script = lambda request: Answer(200, body) if "odd" in request.path else FOUND
    registry = registries(transport)
    with pytest.raises(Garbage, match=f"/odd:1: the registry's answer has more than {MOST_PARTS} objects and lists"):
        registry.manifest(host.image("odd:1"))

    wanted = [(host.image(f"{name}:1"), None) for name in ("a", "odd", "b")]
    found = {reference.repository: answer for reference, answer in registry.check(wanted)}
    assert isinstance(found.pop("odd"), OutsideFailure)
    assert not any(isinstance(answer, OutsideFailure) for answer in found.values())
