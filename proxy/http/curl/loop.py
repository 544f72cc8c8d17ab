"""The thread that runs all transfers of a process: one multi handle of libcurl serves callers that wait.

A handle of pycurl must not be used by two threads at a time, so only this thread touches them. It starts with the first
transfer: what is made before a process is spawned, or never used, costs no thread.
"""

import contextlib
import math
import select
import socket
import threading
import time
import weakref
from collections import deque

import pycurl

from proxy.http.curl.failures import TransferFailed, TransferFault
from proxy.http.curl.handle import Handle
from proxy.http.curl.handles import Handles
from proxy.http.curl.transfer import Received, Transfer
from proxy.http.trust import TrustedCertificates
from proxy.observing.event_log import EventLog

READ_SECONDS = 15.0
"""A host that sends nothing for this time is given up."""

CONNECTIONS_KEPT = 256
"""So many idle connections are kept, to all hosts together."""

_LOOKS_EACH_SECONDS = 0.05
# From this number of transfers on, something happens all the time. To take it in steps, without a bell for each
# transfer, costs half the CPU: a thread that wakes another one also waits for the interpreter.
_MANY = 8
_STEP_SECONDS = 0.001
# libcurl 8.23 notices that a host broke the rules of HTTP/2, but goes on only when something else happens.
_RUNS_ALL_EACH_SECONDS = 1.0
_EVENTS = {
    pycurl.POLL_NONE: 0,
    pycurl.POLL_IN: select.POLLIN,
    pycurl.POLL_OUT: select.POLLOUT,
    pycurl.POLL_INOUT: select.POLLIN | select.POLLOUT,
}
_STOP_SECONDS = 5.0
_log = EventLog(__name__)


class TransferLoop:
    """Runs transfers. Safe to use from many threads; `close` ends its thread.

    Args:
        trusted: the certificates that hosts may have.
    """

    def __init__(self, trusted: TrustedCertificates) -> None:
        self._trusted = trusted
        self._lock = threading.Lock()
        self._runner: _Runner | None = None
        self._closed = False

    def run(self, transfer: Transfer) -> Received:
        """Run a transfer to its end; if the caller is interrupted, it is given up.

        Raises:
            TransferFailed: there is no answer.
        """
        runner = self._started_with(transfer)
        try:
            runner.deliver_one()
            outcome = transfer.outcome.get()
        except BaseException:
            runner.give_up(transfer)
            raise
        if isinstance(outcome, TransferFailed):
            raise outcome
        return outcome

    def begin(self, transfer: Transfer) -> None:
        """Begin a transfer that has a taker.

        Raises:
            TransferFailed: the loop is closed.
        """
        self._started_with(transfer)

    def give_up(self, transfer: Transfer) -> None:
        """End a transfer whose taker needs no outcome any more."""
        with self._lock:
            if self._runner:
                self._runner.give_up(transfer)

    def close(self) -> None:
        """End the thread and every connection; transfers that still run fail, and so do later ones."""
        with self._lock:
            self._closed = True
            runner, self._runner = self._runner, None
        if runner:
            runner.stop()

    def _started_with(self, transfer: Transfer) -> "_Runner":
        # Without the lock: closing stops the runner, and then it takes nothing more.
        runner = self._runner
        if runner is not None and runner.submit(transfer):
            return runner
        with self._lock:
            if self._closed:
                raise TransferFailed(TransferFault.CLOSED, sent=False)
            if self._runner is None or not self._runner.submit(transfer):
                self._runner = _Runner(self._trusted)
                # Also when a process ends, and where nobody closes it: the thread does not know this object.
                weakref.finalize(self, self._runner.stop)
                self._runner.submit(transfer)
            return self._runner


class _Runner:
    """One thread with its multi handle and sockets."""

    def __init__(self, trusted: TrustedCertificates) -> None:
        self._handles = Handles(trusted)
        self._running: dict[pycurl.Curl, Handle] = {}
        self._new: deque[Transfer] = deque()
        self._given_up: deque[Transfer] = deque()
        self._ended: deque[tuple[Transfer, Received | TransferFailed]] = deque()
        self._lock = threading.Lock()
        # Whether a bell is rung already, or not needed, since the thread looks for new transfers by itself.
        self._woken = True
        self._stops = False
        self._timer_at = math.inf
        self._run_all_at = math.inf
        self._look_at = math.inf
        self._looked_at = 0.0
        # Cheaper than epoll here: for each request libcurl begins and ends to watch a socket, and there are few.
        self._sockets = select.poll()
        self._watched: set[int] = set()
        self._bell, self._rope = socket.socketpair()
        self._sockets.register(self._bell, select.POLLIN)
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, CONNECTIONS_KEPT)
        self._thread = threading.Thread(target=self._serve, name="transfers", daemon=True)
        self._thread.start()

    def submit(self, transfer: Transfer) -> bool:
        """Add a transfer; False if this runner has ended."""
        with self._lock:
            if self._stops:
                return False
            self._new.append(transfer)
            self._wake()
        return True

    def give_up(self, transfer: Transfer) -> None:
        """Remove a transfer for which nobody waits any more."""
        with self._lock:
            if not self._stops:
                self._given_up.append(transfer)
                self._wake()

    def stop(self) -> None:
        """End the thread, and wait for its end."""
        with self._lock:
            if not self._stops:
                self._stops = True
                self._wake()
        if self._thread is not threading.current_thread():
            self._thread.join(_STOP_SECONDS)

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._rope.send(b"\0")

    def _serve(self) -> None:
        try:
            while not self._stops:
                self._step()
        except Exception:  # noqa: BLE001 - logged with its traceback
            # The callers get failures, and the next transfer a new thread.
            _log.exception("request_thread_ended", "the thread of requests to other hosts ended")
        finally:
            self._end()

    def _step(self) -> None:
        late = len(self._ended)
        for number, events in self._awaited():
            if number == self._bell.fileno():
                self._bell.recv(4096)
            else:
                self._multi.socket_action(number, _action(events))
        self._take()
        if time.monotonic() >= self._timer_at:
            self._timer_at = math.inf
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if time.monotonic() >= self._run_all_at:
            for number in list(self._watched):
                self._multi.socket_action(number, 0)
            self._run_all_at = time.monotonic() + _RUNS_ALL_EACH_SECONDS
        self._collect()
        self._look()
        self._deliver(late)

    def _awaited(self) -> list[tuple[int, int]]:
        """The sockets on which something has happened, and what."""
        if len(self._running) >= _MANY:
            time.sleep(_STEP_SECONDS)
            return self._sockets.poll(0)
        # What is submitted after this line rings the bell.
        self._woken = False
        found = self._sockets.poll(0 if self._new or self._given_up or self._stops else self._patience())
        self._woken = True
        return found

    def _patience(self) -> int | None:
        """The milliseconds until something is due; None: nothing is."""
        if self._ended:
            return 0
        due = min(self._timer_at, self._look_at, self._run_all_at) if self._running else self._timer_at
        return None if due == math.inf else max(0, math.ceil((due - time.monotonic()) * 1000))

    def _take(self) -> None:
        """Begin what was submitted, and remove what was given up."""
        while self._new:
            self._begin(self._new.popleft())
        while self._given_up:
            transfer = self._given_up.popleft()
            for curl in [curl for curl, each in self._running.items() if each.transfer is transfer]:
                self._remove(curl)

    def _begin(self, transfer: Transfer) -> None:
        try:
            handle = self._handles.take(transfer)
            self._multi.add_handle(handle.curl)
        except Exception:  # noqa: BLE001 - logged with its traceback; one request fails, not all
            _log.exception("request_not_sent", "a request to {host} was not sent", host=transfer.route.connect_to)
            self._end_of(transfer, transfer.failed(TransferFault.NO_CONNECTION))
            return
        if not self._running:
            self._run_all_at = time.monotonic() + _RUNS_ALL_EACH_SECONDS
        self._running[handle.curl] = handle
        self._look_at = min(self._look_at, time.monotonic() + min(READ_SECONDS, transfer.deadline.left))

    def _collect(self) -> None:
        """Take the transfers that libcurl has finished."""
        left = 1
        while left:
            left, complete, broken = self._multi.info_read()
            for curl in complete:
                transfer = self._running[curl].transfer
                self._end_of(transfer, transfer.answer(curl))
                self._remove(curl, complete=True)
            for curl, code, _ in broken:
                transfer = self._running[curl].transfer
                self._end_of(transfer, transfer.broken(curl, code))
                self._remove(curl)

    def _look(self) -> None:
        """End the transfers whose time is over: libcurl knows neither our clock nor when a host is silent."""
        now = time.monotonic()
        if not self._running or (now < self._look_at and now - self._looked_at < _LOOKS_EACH_SECONDS):
            return
        self._looked_at = now
        soonest = math.inf
        for curl, handle in list(self._running.items()):
            transfer = handle.transfer
            left = transfer.deadline.left
            heard = transfer.heard_at + READ_SECONDS - now if transfer.sent else READ_SECONDS
            if left <= 0 or heard <= 0:
                self._end_of(transfer, transfer.failed(TransferFault.LATE if left <= 0 else TransferFault.SILENT))
                self._remove(curl)
            else:
                soonest = min(soonest, left, heard)
        self._look_at = now + soonest

    def _end_of(self, transfer: Transfer, outcome: Received | TransferFailed) -> None:
        if transfer.taker:
            transfer.taker.put(outcome)
        else:
            self._ended.append((transfer, outcome))

    def _deliver(self, late: int) -> None:
        """Wake the caller of one transfer that has ended, and of those that had ended before this step.

        Every caller that begins to wait wakes the next one. So they run one after the other; all at once, they would
        take the interpreter from each other and from this thread.

        Args:
            late: how many had ended before this step.
        """
        for _ in range(late + 1):
            self.deliver_one()

    def deliver_one(self) -> None:
        """Wake the caller of one transfer that has ended, if there is one. Any thread may call it."""
        if not self._ended:
            return
        try:
            transfer, outcome = self._ended.popleft()
        except IndexError:
            return
        transfer.outcome.put(outcome)

    def _remove(self, curl: pycurl.Curl, *, complete: bool = False) -> None:
        handle = self._running.pop(curl)
        self._multi.remove_handle(curl)
        self._handles.give_back(handle, complete=complete)

    def _end(self) -> None:
        with self._lock:
            self._stops = True
        rest = [*(handle.transfer for handle in self._running.values()), *self._new]
        for curl in list(self._running):
            with contextlib.suppress(pycurl.error):
                self._remove(curl)
        for transfer in rest:
            self._end_of(transfer, transfer.failed(TransferFault.CLOSED))
        self._deliver(len(self._ended))
        self._handles.close()
        self._multi.close()
        self._bell.close()
        self._rope.close()

    def _watch(self, what: int, number: int, _multi: pycurl.CurlMulti, _assigned: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self._sockets.unregister(number)
            self._watched.discard(number)
        else:
            self._watched.add(number)
            self._sockets.register(number, _EVENTS[what])

    def _set_timer(self, milliseconds: int) -> None:
        self._timer_at = math.inf if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def _action(events: int) -> int:
    """The events of a socket, as libcurl names them."""
    readable = pycurl.CSELECT_IN if events & (select.POLLIN | select.POLLHUP) else 0
    writable = pycurl.CSELECT_OUT if events & select.POLLOUT else 0
    broken = pycurl.CSELECT_ERR if events & (select.POLLERR | select.POLLNVAL) else 0
    return readable | writable | broken
