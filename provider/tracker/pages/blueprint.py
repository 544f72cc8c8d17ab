"""The blueprint of the pages of tracked repositories."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint

from provider.notifications.ports import MessageQueues
from provider.pages.browsers import guard_forms
from provider.pages.markdown import as_html, beginning
from provider.tracker.pages.labels import (
    compared_sign,
    form_label,
    newer_words,
    prerelease_signs,
    release_signs,
    repository_page,
    short_hash,
    state_sign,
    type_label,
    wanted_lines,
)
from provider.tracker.pages.message_notices import add_message_notices
from provider.tracker.pages.news import add_news
from provider.tracker.pages.owner_import import add_owner_import
from provider.tracker.pages.release_forms import add_release_forms
from provider.tracker.pages.release_marks import add_release_marks
from provider.tracker.pages.repositories import add_list
from provider.tracker.pages.repository import add_detail
from provider.tracker.pages.repository_forms import add_repository_forms
from provider.tracker.pages.transfer import add_transfer
from provider.tracker.services.use_cases import TrackerUseCases

TRACKER = "tracker"
"""The blueprint's name."""


def tracker_pages(tracker: TrackerUseCases, now: Callable[[], datetime], queues: MessageQueues | None) -> Blueprint:
    """The blueprint for /, /repositories and /releases; without the queues of messages it does not show their state."""
    blueprint = Blueprint(TRACKER, __name__, template_folder="templates")
    guard_forms(blueprint)
    filters = (
        form_label,
        prerelease_signs,
        release_signs,
        repository_page,
        compared_sign,
        newer_words,
        short_hash,
        state_sign,
        type_label,
        wanted_lines,
        as_html,
        beginning,
    )
    for template_filter in filters:
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)
    add_list(blueprint, tracker.store)
    add_news(blueprint, tracker.store, now)
    add_repository_forms(blueprint, tracker.editing)
    add_transfer(blueprint, tracker.transferring)
    add_owner_import(blueprint, tracker.owners)
    add_detail(blueprint, tracker.store, tracker.poller)
    add_release_forms(blueprint, tracker.store)
    add_release_marks(blueprint, tracker.store, tracker.editing, now)
    if queues:
        add_message_notices(blueprint, queues)
    return blueprint
