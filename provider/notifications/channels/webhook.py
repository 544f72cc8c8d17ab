"""A webhook for releases: each message about releases is a signed CloudEvent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar, Self
from urllib.parse import urlsplit

from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from provider.notifications.message import Message
from provider.notifications.queue_state import ChannelProblem
from provider.settings.settings import Settings
from proxy.errors import AddressRefused, Garbage, OutcomeUnknown, OutsideFailure, Unavailable, Unreachable
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.printable import printable
from proxy.http.retry_after import wait_of
from proxy.http.signed_events import signed_event
from proxy.http.transport import Transport
from proxy.secrets.secret import Secret

EVENT_TYPE = "io.image-factory.release.published.v1"
_UNNAMED_WAIT = timedelta(seconds=60)
_ADDRESS = "Set IMAGE_FACTORY_RELEASES_WEBHOOK_URL to the address of the receiver, and restart the service."
_PROOF = "Check that the receiver verifies the signature with IMAGE_FACTORY_RELEASES_WEBHOOK_SECRET."
_GONE = "Set IMAGE_FACTORY_RELEASES_WEBHOOK_URL to another address, or remove it, and restart the service."
_CLOSED = {
    HTTPStatus.UNAUTHORIZED: _PROOF,
    HTTPStatus.PAYMENT_REQUIRED: _PROOF,
    HTTPStatus.FORBIDDEN: _PROOF,
    HTTPStatus.NOT_FOUND: _ADDRESS,
    HTTPStatus.METHOD_NOT_ALLOWED: _ADDRESS,
    HTTPStatus.NOT_ACCEPTABLE: _ADDRESS,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "Check IMAGE_FACTORY_EGRESS_PROXY.",
    HTTPStatus.GONE: _GONE,
    HTTPStatus.MISDIRECTED_REQUEST: _ADDRESS,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The receiver has to take application/cloudevents+json.",
}
"""Answers that say nothing about the message: all others would get them too."""
_OF_THE_MESSAGE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)
_LATER = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.TOO_EARLY})


class ReleasesWebhook:
    """Sends messages about releases. Safe to use from many threads.

    A receiver may get an event twice: where an answer was lost it is sent again, with the same id.

    Args:
        url: the address of the receiver.
        secret: signs the events.
        public_url: the address of this service, the source of its events.
        transport: sends them.
        now: the time, in UTC.
    """

    name: ClassVar[str] = "webhook"

    def __init__(
        self,
        url: str,
        secret: Secret,
        *,
        public_url: str,
        transport: Transport,
        now: Callable[[], datetime],
    ) -> None:
        self._url = url
        self._secret = secret
        self._public_url = public_url
        self._transport = transport
        self._now = now
        # The path may contain a secret.
        self.where = urlsplit(url).netloc

    @classmethod
    def of_settings(cls, settings: Settings, transport: Transport) -> Self | None:
        """The webhook of the settings; None without an address or a secret."""
        url, secret = settings.releases_webhook_url, settings.releases_webhook_secret
        if url is None or secret is None:
            return None
        return cls(url, secret, public_url=settings.public_url, transport=transport, now=transport.now)

    def send(self, message: Message) -> str:
        """See the port. The receipt is the id of the message."""
        attributes = {
            "id": message.id if message.revision == 1 else f"{message.id}:{message.revision}",
            "source": self._public_url,
            "type": EVENT_TYPE,
            "subject": message.subject,
            "time": message.put_at or self._now(),
        }
        event = signed_event(attributes, message.body, self._secret)
        headers = {"user-agent": USER_AGENT, **event.headers}
        try:
            answer = self._transport.request("POST", self._url, headers, body=event.body)
        except Unreachable as error:
            raise Unreachable(self._without_path(error), error.retry_at) from None
        except AddressRefused as error:
            raise AddressRefused(self._without_path(error)) from None
        except (Unavailable, Garbage) as error:
            text = self._without_path(error).removesuffix("; retried later")
            raise OutcomeUnknown(f"{text}; it is not known whether the event arrived") from None
        self._check(answer)
        return message.id

    def update(self, message: Message, receipt: str) -> str:
        """See the port: one more event, with an id of its own."""
        if receipt != message.id:
            raise CannotUpdate("the message was not sent to the webhook")
        return self.send(message)

    def find(self, message: Message) -> str | None:  # noqa: ARG002 - the port's argument
        """Always None: a receiver cannot be searched, and recognises an event that comes twice by its id."""
        return None

    def check(self) -> Sequence[ChannelProblem]:
        """See the port: whether the address may be asked; nothing is sent."""
        url = urlsplit(self._url)
        try:
            self._transport.policy.allowed_scheme(url.scheme, url.netloc)
            self._transport.policy.check(url.netloc)
        except AddressRefused as error:
            return [ChannelProblem(str(error), _ADDRESS)]
        return []

    def _without_path(self, error: OutsideFailure) -> str:
        """The message of the transport, which names the whole address, with the host alone."""
        return str(error).replace(printable(self._url), self.where).replace(self._url, self.where)

    def _check(self, answer: Answer) -> None:
        """Raise what the answer means; nothing for a success."""
        status, text = answer.status, f"{self.where} answered {answer.status} to the event of a release"
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return
        if status in _LATER:
            now = self._now()
            raise Unavailable(f"{text}; retried later", now + (wait_of(answer.headers, now) or _UNNAMED_WAIT))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            raise OutcomeUnknown(f"{text}; it is not known whether it took the event")
        if status in _OF_THE_MESSAGE:
            raise MessageRefused(text)
        if status < HTTPStatus.BAD_REQUEST:
            raise ChannelClosed(f"{text}, which is not a success", _ADDRESS)
        known = _CLOSED.get(HTTPStatus(status)) if status in list(HTTPStatus) else None
        # A receiver that is gone for ever is not to be asked again (CloudEvents, HTTP 1.1 Web Hooks, "Gone").
        retried = status != HTTPStatus.GONE
        raise ChannelClosed(text, known or _ADDRESS, documented=known is not None, retried=retried)
