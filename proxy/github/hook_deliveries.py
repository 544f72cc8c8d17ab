"""What GitHub has sent to one webhook, and requests to send it again.

Source: docs.github.com, "REST API endpoints for repository webhooks", and those for organizations and for
GitHub Apps. GitHub sends again what is at most three days old.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from proxy.errors import Garbage, NotFound
from proxy.http.exchange import Answer
from proxy.http.next_page import next_page

AskGitHub = Callable[[str, str], Answer]
"""Sends a request with the right credentials: method and path."""

APP_HOOK = "/app/hook"
"""The path of the webhook of a GitHub App."""

_PAGE_SIZE = 100
_MOST_PAGES = 20
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One attempt of GitHub to deliver an event.

    Attributes:
        id: of the attempt.
        guid: of the event; it is the same for all attempts, and the id of the delivery in its request.
    """

    id: int
    guid: str
    delivered_at: datetime
    succeeded: bool


class HookDeliveries:
    """The deliveries of one webhook.

    Args:
        ask: sends requests.
        path: of the webhook: `/repos/OWNER/NAME/hooks/ID`, `/orgs/OWNER/hooks/ID` or `APP_HOOK`.
    """

    def __init__(self, ask: AskGitHub, path: str) -> None:
        self._ask, self._path = ask, path

    def since(self, time: datetime) -> Sequence[HookDelivery]:
        """The attempts from that time on, the newest first; at most 2,000.

        Raises:
            OutsideFailure: as `GitHubSession.ask`; NotFound also where the credentials may not manage the webhook.
        """
        found: list[HookDelivery] = []
        try:
            for page in self._pages():
                found += [each for each in page if each.delivered_at >= time]
                if not page or page[-1].delivered_at < time:
                    break
        except NotFound:
            if self._path != APP_HOOK:
                raise
            # An App need not have a webhook.
            return []
        return found

    def send_again(self, delivery: HookDelivery) -> None:
        """Ask for another attempt.

        Raises:
            OutsideFailure: as `GitHubSession.ask`.
        """
        self._ask("POST", f"{self._path}/deliveries/{delivery.id}/attempts")

    def _pages(self) -> Iterator[Sequence[HookDelivery]]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = self._ask("GET", f"{self._path}/deliveries?per_page={_PAGE_SIZE}{cursor}")
            yield _read(answer.body, self._path)
            following = next_page(answer, f"the deliveries of {self._path}")
            given = parse_qs(urlsplit(following).query).get("cursor") if following else None
            if not given:
                return
            cursor = f"&cursor={quote(given[0], safe='')}"


def _read(body: bytes, path: str) -> Sequence[HookDelivery]:
    try:
        return [_delivery(document) for document in json.loads(body)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Garbage(f"GitHub's list of deliveries of {path} cannot be read; retried later") from error


def _delivery(document: dict[str, Any]) -> HookDelivery:
    at = datetime.fromisoformat(document["delivered_at"])
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    return HookDelivery(int(document["id"]), str(document["guid"]), at, int(document["status_code"]) in _SUCCESS)
