"""Builds by webhook: a signed CloudEvent asks for the rebuild, and the build system reports the result."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar, Self
from urllib.parse import urlsplit

from catalog.times import utc_time
from provider.adapter_parts import AdapterParts
from provider.builds.cloud_event import callback_of, rebuild_event
from provider.builds.one_by_one import runs_one_by_one
from provider.domain.build_request import (
    FILLED_INPUTS,
    BuildDescription,
    BuildRequest,
    Dispatched,
    Run,
    RunGroup,
    StartedBuild,
)
from provider.domain.enrollment import BuildSystem as SystemName
from provider.domain.events.build_reports import LONGEST_BUILD
from provider.domain.source_address import webhook_problem
from provider.ports import BuildReports
from proxy.errors import Garbage, NotFound, OutcomeUnknown, Refused, Unavailable, Unreachable
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.retry_after import wait_of
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret

_UNNAMED_WAIT = timedelta(seconds=60)
_REQUESTED = "requested"


class WebhookBuilds:
    """Sends each rebuild once, as an event. Safe to use from many threads.

    Args:
        transport: sends the events.
        secret: signs them.
        reports: what build systems reported.
        now: the clock.
        public_url: the address of the service, to which results are reported.
    """

    system: ClassVar[SystemName] = "webhook"

    def __init__(
        self,
        transport: Transport,
        secret: Secret,
        reports: BuildReports,
        now: Callable[[], datetime],
        *,
        public_url: str,
    ) -> None:
        self._transport = transport
        self._secret = secret
        self._public_url = public_url
        self._reports = reports
        self._now = now

    @classmethod
    def of(cls, parts: AdapterParts) -> Self | None:
        """None without a secret: the receiver could not know who asks, nor the service who reports."""
        settings, transport = parts.settings, parts.transport
        if not settings.webhook_secrets:
            return None
        return cls(
            transport,
            settings.webhook_secrets[0],
            parts.build_reports,
            transport.now,
            public_url=settings.public_url,
        )

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port. The receiver's answer has no run, so the run has our id."""
        url = _url(request)
        event = rebuild_event(request, self._public_url, self._secret)
        headers = {"user-agent": USER_AGENT, **event.headers}
        try:
            answer = self._transport.request("POST", url, headers, body=event.body)
        except Unreachable:
            raise
        except (Unavailable, Garbage) as error:
            raise _perhaps_done(str(error)) from error
        self._check(f"{urlsplit(url).netloc} answered {answer.status} to the request for a rebuild", answer)
        return Dispatched(request.rebuild_id, None)

    def find(self, request: BuildRequest) -> Run | None:
        """See the port: what was reported about this rebuild."""
        return self._reports.last(request.rebuild_id)

    def shows_ids(self, request: BuildRequest) -> bool:  # noqa: ARG002 - the same for every request
        """See the port. False: a build that has not reported may be running all the same."""
        return False

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port; None where the run is one of another build system.

        Raises:
            NotFound: no result was reported for a day.
        """
        if run_id != request.rebuild_id:
            return None
        run = self._reports.last(run_id) or Run(run_id, None, _REQUESTED, None)
        if run.conclusion is None and self._now() - request.requested_at >= LONGEST_BUILD:
            callback = callback_of(self._public_url, run_id)
            since = utc_time(request.requested_at)
            raise NotFound(f"no result was reported since {since}; the build has to report it to {callback}")
        return run

    def group(self, request: BuildRequest) -> RunGroup:
        """See the port: each is asked for alone."""
        return RunGroup(request.rebuild_id)

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """See the port."""
        return runs_one_by_one(self, builds)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port. A webhook can be asked nothing, so only its address is checked."""
        url = urlsplit(_url(request))
        policy = self._transport.policy
        policy.allowed_scheme(url.scheme, url.netloc)
        policy.check(url.netloc)
        return BuildDescription(f"the webhook at {url.netloc}", startable=True, inputs=frozenset(FILLED_INPUTS))

    def _check(self, summary: str, answer: Answer) -> None:
        status = answer.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            now = self._now()
            until = now + (wait_of(answer.headers, now) or _UNNAMED_WAIT)
            raise Unavailable(f"{summary}; retried from {utc_time(until)}", until)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            raise _perhaps_done(summary)
        if status < HTTPStatus.BAD_REQUEST:
            raise Refused(f"{summary}, which is not a success; write the final address in build.url")
        raise Refused(f"{summary}; check build.url, and that the receiver verifies IMAGE_FACTORY_WEBHOOK_SECRET")


def _url(request: BuildRequest) -> str:
    url = request.build.url or ""
    if problem := webhook_problem(url):
        raise Refused(f"build.url: {problem}")
    return url


def _perhaps_done(problem: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"{problem}; it is not known whether the build was started")
