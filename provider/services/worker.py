"""What the worker does at each wake-up, and what it reports about its own health."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from catalog.times import rfc3339_exact
from provider import garbage
from provider.domain.retention.pruning import Retention
from provider.domain.snapshot import Snapshot
from provider.errors import InternalError, ProviderError
from provider.ports import Beat, Beats
from provider.services.health import CONFIG, DIGESTS, FOLLOW, NEXT_AT, RESTING, SOURCES, WORKER
from provider.services.progress import Progress, no_progress
from provider.services.reacting.reactions import Reactions
from provider.services.stopping import ServiceStops
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)


class Worker:
    """Runs rounds. A failure is logged and shown by /readyz; the next wake-up tries again.

    Args:
        reactions: what the worker reacts to, with the steps of a round.
        beats: stores the result of the last round.
        now: the clock.
        announce: queues messages about what changed, after each round.
        note_outside: stores what cannot be used outside of the service, after each round.
        alone: takes the lock on reactions; None while another thread or process has it.
    """

    def __init__(
        self,
        reactions: Reactions,
        beats: Beats,
        now: Callable[[], datetime],
        announce: Callable[[Snapshot], None] | None = None,
        note_outside: Callable[[], None] | None = None,
        alone: Callable[[], AbstractContextManager[object] | None] = nullcontext,
    ) -> None:
        self._reactions = reactions
        self._use_cases = reactions.use_cases
        self._beats = beats
        self._now = now
        self._announce = announce
        self._note_outside = note_outside
        self._alone = alone
        self._logged: tuple[tuple[str, str], ...] = ()
        self._pulled_at: datetime | None = None

    @property
    def next_decision(self) -> datetime | None:
        """The next time at which `react` has something to decide without any request."""
        return self._use_cases.next_decision

    def react(self) -> bool:
        """Do what is open, except a check of everything, and decide; a running round goes on after it.

        Nothing is done while another thread or process reacts: then it returns False.
        """
        turn = self._alone()
        if turn is None:
            return False
        with turn:
            self._run(FOLLOW, self._reactions.react)
        return True

    def round(self) -> None:
        """Check everything if a caller has asked for it, and do everything that is due."""
        if asked := [request for request in self._reactions.requests.open() if not request.names]:
            ended = True
            try:
                ended = self._run(WORKER, self._use_cases.check)
            finally:
                # Also after an unexpected error: a request that always fails must not stop every round.
                if ended:
                    self._reactions.requests.done(asked)
        try:
            self._run(WORKER, self._use_cases.run)
        finally:
            self._note()
            garbage.give_back()

    def pull(self) -> bool:
        """Fetch what others pushed to the config repository; returns whether there was anything.

        Raises:
            ProviderError, OutsideFailure: the config repository could not be used.
        """
        try:
            return self._use_cases.pull()
        finally:
            self._note_pull()

    @property
    def changed_at(self) -> datetime:
        """When others last changed the config repository, as far as this process has seen; else long ago."""
        return self._use_cases.changed_at

    def expire(self, retention: Retention) -> None:
        """Remove old histories; what fails is logged, and is done on the next day."""
        try:
            self._use_cases.expire(retention)
        except (ProviderError, OutsideFailure) as error:
            _log.warning("histories_not_removed", "old histories could not be removed: {error}", error=error)

    def follow(self) -> None:
        """Follow running builds and go on with checks; quick when there is nothing to do."""
        if self._use_cases.busy():
            self._run(FOLLOW, self._use_cases.follow)
        else:
            self._beats.beat(Beat(FOLLOW, self._now()))

    def help(self, *, look: bool) -> None:
        """Do what is due of the shares of this worker; see `Round.help`. What fails lastingly, a round reports."""
        try:
            if snapshot := self._use_cases.help(look=look):
                self._announce_changes(snapshot)
        except (ServiceStops, ProviderError, OutsideFailure) as error:
            _log.info("help_ended_early", "the help for other workers ended early: {error}", error=error)

    def check(self, names: Collection[str], progress: Progress = no_progress) -> Snapshot:
        """Check these images now, for a person who waits for the result.

        Raises:
            ProviderError, OutsideFailure: the config repository could not be used.
            InternalError: an unexpected error, which is logged.
        """
        try:
            snapshot = self._use_cases.check(names, progress)
        except (ProviderError, OutsideFailure):
            raise
        except Exception as error:
            _log.exception("check_broken", "the check ended early with an unexpected error")
            raise InternalError(f"internal error: {type(error).__name__}; see the log") from error
        self._announce_changes(snapshot)
        return snapshot

    def _run(self, part: str, work: Callable[[], Snapshot]) -> bool:
        """Do this and report how it ended; returns False where the end of the process left some of it."""
        try:
            snapshot = work()
            self._note_pull()
        except ServiceStops as error:
            _log.info("round_stopped", "this round ended early: {error}", part=part, error=error)
            return False
        except (ProviderError, OutsideFailure) as error:
            _log.warning("round_ended_early", "this round ended early: {error}", part=part, error=error)
            self._beats.beat(Beat(part, self._now(), str(error)))
            return True
        except Exception as error:
            _log.exception("round_broken", "this round ended early with an unexpected error", part=part)
            self._beats.beat(Beat(part, self._now(), f"{type(error).__name__}: see the log"))
            raise
        self._log_problems(snapshot)
        self._announce_changes(snapshot)
        resting = {RESTING: ", ".join(found)} if part == WORKER and (found := self._use_cases.resting(snapshot)) else {}
        self._beats.beat(Beat(part, self._now(), None, {"position": snapshot.position, **resting}))
        if part == WORKER:
            self._note_times(snapshot)
        return True

    def _note_pull(self) -> None:
        """Report when the config repository was last pulled, if it was pulled again."""
        if (at := self._use_cases.pulled_at) and at != self._pulled_at:
            self._pulled_at = at
            self._beats.beat(Beat(CONFIG, at))

    def _note_times(self, snapshot: Snapshot) -> None:
        """Report when Dockerfiles and digests were last checked, and when they are checked next."""
        for part, found in (
            (SOURCES, self._use_cases.sources_read(snapshot)),
            (DIGESTS, self._use_cases.digests_checked(snapshot)),
        ):
            if found:
                self._beats.beat(Beat(part, found.last, None, {NEXT_AT: rfc3339_exact(found.following)}))

    def _note(self) -> None:
        """Store what cannot be used; if that fails, the next round stores it."""
        if self._note_outside is None:
            return
        try:
            self._note_outside()
        except Exception:  # noqa: BLE001 - logged; it does not end a round
            _log.exception("problems_not_stored", "the problems of credentials and registries could not be stored")

    def _announce_changes(self, snapshot: Snapshot) -> None:
        """Queue messages; if that fails, the next round queues them, and rebuilds do not wait for it."""
        if self._announce is None:
            return
        try:
            self._announce(snapshot)
        except Exception:  # noqa: BLE001 - logged; it does not end a round
            _log.exception("messages_not_queued", "messages about this round could not be queued")

    def _log_problems(self, snapshot: Snapshot) -> None:
        """Log each problem that people have to correct once."""
        for name, problem in snapshot.problems:
            if (name, problem) not in self._logged:
                _log.warning("entry_problem", "{problem}", image=name, problem=problem)
        self._logged = snapshot.problems
