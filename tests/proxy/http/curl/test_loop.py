"""The thread that runs transfers."""

import gc
import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from proxy.deadline import Deadline
from proxy.errors import Unavailable, Unreachable
from proxy.http.addresses import AddressPolicy
from proxy.http.curl.failures import TransferFailed, TransferFault
from proxy.http.curl.loop import TransferLoop
from proxy.http.curl.transfer import Route, Transfer
from proxy.http.exchange import Request
from proxy.http.transport import Transport
from proxy.http.trust import TrustedCertificates
from tests.peers.exchange import Answer
from tests.peers.exchange import Request as Seen
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import ScriptedHost, open_transport


def threads() -> list[threading.Thread]:
    """The running threads of loops."""
    return [each for each in threading.enumerate() if each.name == "transfers"]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Each test leaves as many threads as there were."""
    _collect_loops()
    before = len(threads())
    yield
    if len(threads()) > before:
        _collect_loops()
    assert len(threads()) <= before


def _collect_loops() -> None:
    # Late in a long run of tests this takes more than a second.
    if threads():
        gc.collect()


def transfer(host: ScriptedHost, path: str = "/a") -> Transfer:
    """A request to a host."""
    route = Route(f"{host.url}{path}", host.host, (LOOPBACK,))
    return Transfer(Request("GET", route.url, {}, None, 1000), route, [], Deadline.after(20))


def test_a_thread_starts_with_the_first_transfer_and_ends_with_close(host: ScriptedHost) -> None:
    """One serves all; later transfers fail."""
    before = len(threads())
    loop = TransferLoop(TrustedCertificates(None))
    assert len(threads()) == before
    assert [loop.run(transfer(host)).status for _ in range(3)] == [200] * 3
    assert len(threads()) == before + 1

    loop.close()
    loop.close()
    assert len(threads()) == before
    with pytest.raises(TransferFailed) as caught:
        loop.run(transfer(host))
    assert (caught.value.fault, caught.value.sent) == (TransferFault.CLOSED, False)


def test_a_loop_that_nobody_closes_ends_with_its_last_user(host: ScriptedHost) -> None:
    """Its thread does not keep it."""
    before = len(threads())
    TransferLoop(TrustedCertificates(None)).run(transfer(host))
    gc.collect()
    assert len(threads()) == before


def test_closing_ends_what_is_in_progress(host: ScriptedHost, clock: Clock) -> None:
    """Callers that wait get a failure in words, at once, and so do later ones."""
    came, released = threading.Event(), threading.Event()

    def held(_: Seen) -> Answer:
        came.set()
        released.wait(60)
        return Answer(200)

    host.script = held
    with open_transport(clock) as transport, ThreadPoolExecutor(1) as callers:
        asked = callers.submit(transport.request, "GET", f"{host.url}/a", {})
        assert came.wait(60)
        transport.close()
        with pytest.raises(Unavailable, match="because this service is ending"):
            asked.result(10)
        with pytest.raises(Unreachable, match="because this service is ending"):
            transport.request("GET", f"{host.url}/b", {})
        released.set()


def test_a_caller_that_is_interrupted_leaves_nothing_behind(host: ScriptedHost) -> None:
    """Its transfer is removed, and the connection is not used again; others go on."""
    came, released = threading.Event(), threading.Event()

    def held(request: Seen) -> Answer:
        if request.path == "/held":
            came.set()
            released.wait(60)
        return Answer(200, request.path.encode())

    def interrupt() -> None:
        came.wait(60)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    def interrupted(*_: object) -> None:
        raise InterruptedError("by the test")

    host.script = held
    before = signal.signal(signal.SIGUSR1, interrupted)
    loop = TransferLoop(TrustedCertificates(None))
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(InterruptedError):
            loop.run(transfer(host, "/held"))
        assert loop.run(transfer(host, "/other")).body == b"/other"
        assert loop._runner
        assert not loop._runner._running
    finally:
        signal.signal(signal.SIGUSR1, before)
        released.set()
        loop.close()


def test_a_thread_that_breaks_fails_its_callers_and_is_replaced(
    host: ScriptedHost, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No caller waits for ever."""
    loop = TransferLoop(TrustedCertificates(None))
    assert loop.run(transfer(host)).status == 200
    broken = [RuntimeError("a mistake of ours")]
    assert loop._runner
    collect = type(loop._runner)._collect

    def breaking(runner: Any) -> None:
        if broken:
            raise broken.pop()
        collect(runner)

    monkeypatch.setattr(type(loop._runner), "_collect", breaking)
    with pytest.raises(TransferFailed):
        loop.run(transfer(host))
    assert "a mistake of ours" in caplog.text
    assert loop.run(transfer(host)).status == 200
    loop.close()


def test_what_libcurl_refuses_fails_alone(host: ScriptedHost, caplog: pytest.LogCaptureFixture) -> None:
    """The next transfer is run by the same thread."""
    loop = TransferLoop(TrustedCertificates(None))
    wrong = Transfer(Request("GET", "x", {}, None, 1), Route("\0", "a:1", ()), [], Deadline.after(20))
    with pytest.raises(TransferFailed) as caught:
        loop.run(wrong)
    assert not caught.value.sent
    assert "was not sent" in caplog.text
    assert loop.run(transfer(host)).status == 200
    loop.close()


def test_many_callers_are_served_at_once(host: ScriptedHost, clock: Clock) -> None:
    """Each gets its own answer, over at most as many connections as a host gets."""
    host.script = lambda request: Answer(200, request.path.encode())
    policy = AddressPolicy(insecure_registries=(LOOPBACK,))
    transport = Transport(policy, now=clock.now, sleep=clock.sleep, connections=4)
    with ThreadPoolExecutor(32) as callers:
        answers = callers.map(lambda number: transport.request("GET", f"{host.url}/{number}", {}).body, range(400))
        assert list(answers) == [f"/{number}".encode() for number in range(400)]
    transport.close()
    assert host.connections <= 4


def test_a_host_that_takes_all_its_turns_holds_up_no_other(host: ScriptedHost, clock: Clock) -> None:
    """A request that waits for its turn ends by its deadline, and was not sent."""
    released = threading.Event()
    host.script = lambda _: Answer(200) if released.wait(60) else None
    policy = AddressPolicy(insecure_registries=(LOOPBACK,))
    transport = Transport(policy, now=clock.now, sleep=clock.sleep, connections=2, whole_seconds=1.0)
    with ScriptedHost() as other, ThreadPoolExecutor(3) as callers:
        asked = [callers.submit(transport.request, "POST", f"{host.url}/{number}", {}) for number in range(3)]
        assert transport.request("GET", f"{other.url}/b", {}).status == 200
        failures = [each.exception(30) for each in asked]
    released.set()
    transport.close()
    assert all(isinstance(each, Unavailable) for each in failures)
    assert {str(each).partition(" (")[0] for each in failures} <= {
        f"{host.host} did not answer completely within 1 s",
        f"{host.host} is busy with earlier requests of this service",
    }


def asked_in_a_child(url: str) -> int:
    """Send one request from another process."""
    transport = Transport(AddressPolicy(insecure_registries=(LOOPBACK,)), now=Clock().now, sleep=time.sleep)
    return transport.request("GET", url, {}).status


def test_a_spawned_process_has_a_thread_of_its_own(host: ScriptedHost, transport: Transport) -> None:
    """Nothing of the parent's connections is used there, and it ends although nobody closes its transport."""
    assert transport.request("GET", f"{host.url}/a", {}).status == 200
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply_async(asked_in_a_child, (f"{host.url}/b",)).get(60) == 200
    assert transport.request("GET", f"{host.url}/c", {}).status == 200


def test_no_socket_is_inherited_by_other_programs(host: ScriptedHost, transport: Transport) -> None:
    """Python's own sockets are not either."""
    transport.request("GET", f"{host.url}/a", {})
    flags = []
    for entry in Path("/proc/self/fdinfo").iterdir():
        if entry.exists() and "socket:" in str((entry.parents[1] / "fd" / entry.name).readlink()):
            words = dict(line.split(":", 1) for line in entry.read_text().splitlines() if ":" in line)
            flags.append(int(words["flags"], 8))
    assert flags
    assert all(each & 0o2000000 for each in flags)
