"""A Slack channel, with slack_sdk over our transport: each request is sent once, without sleeping or retries."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError, SlackObjectFormationError
from slack_sdk.web import SlackResponse

from provider.notifications.channels.blocks import rendered
from provider.notifications.channels.log import line_of
from provider.notifications.channels.mrkdwn import escaped
from provider.notifications.channels.slack_checks import READING, ChannelDocument, problems, scopes_of
from provider.notifications.channels.slack_failures import failure_of_answer, failure_of_transport
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from provider.notifications.message import Message
from provider.notifications.queue_state import ChannelProblem
from provider.settings.settings import Settings
from proxy.errors import Garbage, OutcomeUnknown, Refused, Unavailable
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog
from proxy.secrets.secret import Secret

EVENT_TYPE = "image_factory_message"
# A page of 200 messages of 50 blocks each.
_MOST_BYTES = 32 * 1024 * 1024
_PER_PAGE = 200
_MOST_PAGES = 50
_PLAIN = 3000
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_RECEIPT = re.compile(r"[CGD][A-Z0-9]{7,}/[0-9.]+")
# A separate logger that never logs at DEBUG, where the SDK writes whole requests and answers.
_quiet_log = logging.getLogger("provider.notifications.channels.slack_sdk")
_log = EventLog(__name__)


class _Client(WebClient):
    """Slack's client; our transport sends its requests, and follows no redirect of a POST."""

    def __init__(self, token: str, base_url: str, transport: Transport) -> None:
        # No retries by the SDK: its default handler repeats a POST whose answer was lost, and the one for 429 sleeps.
        super().__init__(token, base_url, retry_handlers=[], logger=_quiet_log)
        self._transport = transport

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        body = req.data if isinstance(req.data, bytes) else None
        answer = self._transport.request(req.get_method(), url, dict(req.header_items()), body=body, limit=_MOST_BYTES)
        return {"status": answer.status, "headers": dict(answer.headers), "body": answer.body.decode()}


class SlackNotifier:
    """A Slack channel, by its id or name. A receipt is `CHANNEL/TIMESTAMP`. Safe to use from many threads.

    Args:
        token: the token of an app with the scope chat:write; channels:history to find messages (groups:history in a
            private channel); channels:read to find a channel by its name and to check it (groups:read).
        channel: `C0123456789`, `#builds` or `builds`; the id for a private channel.
        api_url: https://slack.com/api/
        public_url: the address of our pages, without a slash at its end.
        transport: sends the requests.
        now: the time, in UTC.
    """

    name: ClassVar[str] = "slack"

    def __init__(
        self,
        token: Secret,
        channel: str,
        *,
        api_url: str,
        public_url: str,
        transport: Transport,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        _quiet_log.setLevel(logging.WARNING)
        self._web = _Client(token.reveal(), api_url, transport)
        self._channel = channel
        self._channel_id = channel if _CHANNEL_ID.fullmatch(channel) else None
        self.where = channel if self._channel_id else f"#{channel.removeprefix('#')}"
        self._public_url = public_url
        self._now = now

    @classmethod
    def of_settings(cls, settings: Settings, transport: Transport) -> Self | None:
        """The channel of the settings; None without a token or a channel."""
        token, channel = settings.slack_token, settings.slack_channel
        if token is None or channel is None:
            return None
        return cls(
            token,
            channel,
            api_url=settings.slack_api_url,
            public_url=settings.public_url,
            transport=transport,
            now=transport.now,
        )

    def send(self, message: Message) -> str:
        """See the port."""
        target = {"channel": self._channel_id or self._channel, "unfurl_links": False, "unfurl_media": False}
        answer = self._posted("chat.postMessage", target, message)
        self._channel_id = answer["channel"]
        return f"{answer['channel']}/{answer['ts']}"

    def update(self, message: Message, receipt: str) -> str:
        """See the port. What another notifier sent cannot be updated here, nor what is in a channel that is closed."""
        if not _RECEIPT.fullmatch(receipt):
            raise CannotUpdate("the message was not sent to Slack")
        channel, _, stamp = receipt.partition("/")
        try:
            answer = self._posted("chat.update", {"channel": channel, "ts": stamp}, message)
        except ChannelClosed as error:
            if error.elsewhere and channel != self._channel_id:
                raise CannotUpdate(f"the message is in another channel: {error}") from error
            raise
        return f"{answer['channel']}/{answer['ts']}"

    def find(self, message: Message) -> str | None:
        """See the port. Only the newest 10,000 messages of the channel are searched."""
        channel = self._known_channel()
        for page in self._pages("conversations.history", channel=channel, include_all_metadata="1"):
            for each in page.get("messages", ()):
                metadata = each.get("metadata") or {}
                named = (metadata.get("event_payload") or {}).get("id")
                if metadata.get("event_type") == EVENT_TYPE and named == message.id:
                    return f"{channel}/{each['ts']}"
        return None

    def check(self) -> Sequence[ChannelProblem]:
        """See the port: asks Slack about the token, and about the channel where the scopes of the token allow that."""
        try:
            answer = self._respond("auth.test", {}, form=True)
        except ChannelClosed as error:
            return [ChannelProblem(str(error), error.remedy)]
        scopes = scopes_of(answer.headers)
        document = answer.data if isinstance(answer.data, dict) else {}
        return problems(scopes, str(document.get("user") or ""), self.where, self._described(scopes))

    def _described(self, scopes: frozenset[str] | None) -> ChannelDocument | None:
        """What Slack says about the channel; None if the token may not ask."""
        if scopes is not None and not scopes & READING:
            return None
        try:
            channel = self._known_channel()
            return ChannelDocument.of(self._ask("conversations.info", {"channel": channel}, form=True))
        except ChannelClosed as error:
            # Without the scope for private channels, Slack does not say whether there is one.
            hidden = error.elsewhere and scopes is not None and scopes >= READING
            return ChannelDocument(self.where, missing=True) if hidden else None
        except Refused:
            return None

    def _posted(self, method: str, target: Mapping[str, Any], message: Message) -> dict[str, Any]:
        """Send the message with blocks; if Slack refuses them, once more as plain text."""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": message.id}}
        try:
            shown = rendered(message, self._public_url)
            content = {"text": shown.text, "blocks": shown.block_documents()}
            return self._ask(method, {**target, **content, "metadata": metadata})
        except (MessageRefused, SlackObjectFormationError) as error:
            _log.warning(
                "message_plain",
                "message {message_id} is sent as plain text: {error}",
                message_id=message.id,
                error=error,
            )
        text = escaped(line_of(message), _PLAIN)
        return self._ask(method, {**target, "text": text, "blocks": [], "metadata": metadata})

    def _known_channel(self) -> str:
        """The id of the channel, which reading its history requires."""
        if self._channel_id is None:
            name = self._channel.removeprefix("#")
            listed = self._pages("conversations.list", exclude_archived="1")
            ids = (each["id"] for page in listed for each in page.get("channels", ()) if each.get("name") == name)
            self._channel_id = next(ids, None)
        if self._channel_id is None:
            raise Refused(f"Slack has no channel {self._channel}; set IMAGE_FACTORY_SLACK_CHANNEL to its id")
        return self._channel_id

    def _pages(self, method: str, **arguments: str) -> Iterator[dict[str, Any]]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            form = {**arguments, "limit": str(_PER_PAGE), **({"cursor": cursor} if cursor else {})}
            page = self._ask(method, form, form=True)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise Refused(
            f"Slack's {method} has more than {_MOST_PAGES * _PER_PAGE} entries, the limit of a search; "
            "set IMAGE_FACTORY_SLACK_CHANNEL to the id of the channel"
        )

    def _ask(self, method: str, arguments: dict[str, Any], *, form: bool = False) -> dict[str, Any]:
        """Send one request and return its answer; every failure is one of the port's errors."""
        answer = self._respond(method, arguments, form=form)
        if not isinstance(answer.data, dict):
            raise OutcomeUnknown(f"Slack's {method} sent an answer that cannot be read")
        return answer.data

    def _respond(self, method: str, arguments: dict[str, Any], *, form: bool) -> SlackResponse:
        try:
            if form:
                return self._web.api_call(method, params=arguments)
            return self._web.api_call(method, json=arguments)
        except SlackApiError as error:
            response = error.response
            document = response.data if isinstance(response.data, dict) else {}
            headers, status = response.headers, response.status_code
            raise failure_of_answer(method, status, headers, document, self._now(), self.where) from error
        except (Unavailable, Garbage) as error:
            raise failure_of_transport(method, error) from error
        except (SlackClientError, ValueError) as error:
            raise OutcomeUnknown(f"Slack's {method} sent an answer that cannot be read") from error
