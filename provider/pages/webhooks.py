"""The page of the webhooks that arrived."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, request

from provider.auth.strict_query import one_of, takes
from provider.domain.events import about
from provider.pages.image.labels import SUCCESS_ICON, Sign
from provider.pages.listing.images_query import PAGE_SIZE, page_number
from provider.pages.rendering import rendered
from provider.webhook_ports import DeliveryFilter, DeliveryState, WebhookInbox

_SIGNS = {
    DeliveryState.OPEN: Sign("◷", "Open", "wait"),
    DeliveryState.DONE: Sign(SUCCESS_ICON, "Done", "good"),
    DeliveryState.IGNORED: Sign("○", "Ignored", "calm"),
}


@dataclass(frozen=True, slots=True)
class WebhooksPageQuery:
    """The filters and the page; an empty text is no filter."""

    sender: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "WebhooksPageQuery":
        """Read the query parameters of a request.

        Raises:
            UnprocessableEntity: there is no such state.
        """
        state = one_of(arguments, "state", list(DeliveryState))
        return cls(arguments.get("sender", "").strip(), state, page_number(arguments.get("page", "")))

    @property
    def filter(self) -> DeliveryFilter:
        """The filter for the inbox."""
        return DeliveryFilter(self.sender or None, DeliveryState(self.state) if self.state else None)

    def parameters(self, **changes: str | int) -> dict[str, str | int]:
        """The URL parameters with the same filters and these changes; the first page unless one is given."""
        same: dict[str, str | int] = {"sender": self.sender, "state": self.state}
        return {key: value for key, value in {**same, **changes}.items() if value not in {"", 1}}


def add_webhooks(blueprint: Blueprint, inbox: WebhookInbox) -> None:
    """Serve /webhooks."""

    @blueprint.get("/webhooks")
    @takes("sender", "state", "page")
    def webhooks() -> str:
        query = WebhooksPageQuery.of(request.args)
        page = inbox.recent(query.filter, query.page, PAGE_SIZE)
        pages = max(1, -(-page.total // PAGE_SIZE))
        return rendered("webhooks.html", query=query, page=page, pages=pages, states=list(DeliveryState), about=about)


def delivery_sign(state: DeliveryState) -> Sign:
    """The state as icon and word."""
    return _SIGNS[state]
