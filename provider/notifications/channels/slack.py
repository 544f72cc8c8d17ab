"""A Slack channel, with slack_sdk: each request is sent once, without sleeping and without retries."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from provider.notifications.channels.blocks import rendered
from provider.notifications.channels.slack_failures import failure_of_answer, failure_of_connection
from provider.notifications.message import Message
from provider.settings.settings import Settings
from proxy.deadline import Deadline, Monotonic, ends_by
from proxy.errors import OutcomeUnknown, Refused
from proxy.http.limited_opener import limited_opener
from proxy.secrets.secret import Secret

EVENT_TYPE = "image_factory_message"
_WHOLE_SECONDS = 20.0
_READ_SECONDS = 15
_PER_PAGE = 200
_MOST_PAGES = 50
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_RECEIPT = re.compile(r"[CGD][A-Z0-9]{7,}/[0-9.]+")
# A separate logger that never logs at DEBUG, where the SDK writes whole requests and answers.
_quiet_log = logging.getLogger("provider.notifications.channels.slack_sdk")


class _LimitedClient(WebClient):
    """Slack's client, with an opener whose waits end by the deadline.

    Redirected requests have no token; urllib would send it to any host.
    """

    def __init__(self, token: str, base_url: str) -> None:
        # No retries by the SDK: its default handler repeats a POST whose answer was lost, and the one for 429 sleeps.
        super().__init__(token, base_url, timeout=_READ_SECONDS, retry_handlers=[], logger=_quiet_log)
        self._opener = limited_opener(self.proxy)

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002 - `req` has it
        if token := req.headers.pop("Authorization", None):
            req.add_unredirected_header("Authorization", token)
        with self._answer(req) as response:
            charset = response.headers.get_content_charset() or "utf-8"
            return {"status": response.status, "headers": response.headers, "body": response.read().decode(charset)}

    def _answer(self, request: Request) -> Any:
        """The answer of any status, a context that closes it."""
        try:
            return self._opener.open(request, timeout=self.timeout)
        except HTTPError as error:
            # The SDK would read it, and leave it open where that fails.
            return error


class SlackNotifier:
    """A Slack channel, by its id or name. A receipt is `CHANNEL/TIMESTAMP`. Safe to use from many threads.

    Args:
        token: the token of an app with the scopes chat:write; channels:history to find messages (groups:history in a
            private channel); channels:read to find a channel by its name.
        channel: `C0123456789`, `#builds` or `builds`; the id for a private channel.
        api_url: https://slack.com/api/
        public_url: the address of our pages, without a slash at its end.
        whole_seconds: the most that one request may take, from the resolution of the name to the last byte.
    """

    def __init__(
        self,
        token: Secret,
        channel: str,
        *,
        api_url: str,
        public_url: str,
        whole_seconds: float = _WHOLE_SECONDS,
        monotonic: Monotonic = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        _quiet_log.setLevel(logging.WARNING)
        self._web = _LimitedClient(token.reveal(), api_url)
        self._whole_seconds = whole_seconds
        self._monotonic = monotonic
        self._channel = channel
        self._channel_id = channel if _CHANNEL_ID.fullmatch(channel) else None
        self._public_url = public_url
        self._now = now

    @classmethod
    def of_settings(cls, settings: Settings) -> Self | None:
        """The channel of the settings; None without a token or a channel."""
        token, channel = settings.slack_token, settings.slack_channel
        if token is None or channel is None:
            return None
        return cls(token, channel, api_url=settings.slack_api_url, public_url=settings.public_url)

    def send(self, message: Message) -> str:
        """See the port."""
        channel = self._channel_id or self._channel
        document = {"channel": channel, "unfurl_links": False, "unfurl_media": False, **self._of(message)}
        return self._receipt(self._ask("chat.postMessage", document))

    def update(self, message: Message, receipt: str) -> str:
        """See the port. A message that another notifier sent is sent here as new, unless it is already here."""
        if not _RECEIPT.fullmatch(receipt):
            found = self.find(message)
            if found is None:
                return self.send(message)
            receipt = found
        channel, _, stamp = receipt.partition("/")
        return self._receipt(self._ask("chat.update", {"channel": channel, "ts": stamp, **self._of(message)}))

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

    def _of(self, message: Message) -> dict[str, Any]:
        shown = rendered(message, self._public_url)
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"id": message.id}}
        return {"text": shown.text, "blocks": shown.block_documents(), "metadata": metadata}

    def _receipt(self, answer: dict[str, Any]) -> str:
        self._channel_id = answer["channel"]
        return f"{answer['channel']}/{answer['ts']}"

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
        deadline = Deadline.after(self._whole_seconds, self._monotonic)
        try:
            with ends_by(deadline):
                if form:
                    answer = self._web.api_call(method, params=arguments)
                else:
                    answer = self._web.api_call(method, json=arguments)
        except SlackApiError as error:
            response = error.response
            document = response.data if isinstance(response.data, dict) else {}
            raise failure_of_answer(method, response.status_code, response.headers, document, self._now()) from error
        except (OSError, HTTPException) as error:
            if deadline.passed:
                late = f"Slack's {method} did not answer completely within {self._whole_seconds:g} s"
                raise OutcomeUnknown(late) from error
            raise failure_of_connection(method, error) from error
        except (SlackClientError, ValueError) as error:
            raise OutcomeUnknown(f"Slack's {method} sent an answer that cannot be read") from error
        if not isinstance(answer.data, dict):
            raise OutcomeUnknown(f"Slack's {method} sent an answer that cannot be read")
        return answer.data
