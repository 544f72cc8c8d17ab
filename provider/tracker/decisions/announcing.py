"""The announcement of new releases: one message for all that a poll found. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.addresses import is_web_address, registry_page
from catalog.reference import ImageReference
from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.channels import channel_of, is_unstable
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import FailureNews, News, NewsKind, PollResult
from provider.tracker.decisions.repository import Address

LONGEST_NOTES = 16_000
"""The most characters of the notes of one release: their comments and HTML are not shown, and can be most of them."""

MOST_NOTES = 64_000
"""The most characters of the notes of all releases in a message, shared by them."""

MOST_RELEASES = 200
"""The most releases of a message; of more, the highest ones are in it."""

MOST_ITEMS = 100
"""The most repositories that a message about failures names."""

_FAILURE_TITLES: Mapping[FailureNews, tuple[str, str]] = {
    FailureNews.FAILS: (
        "{name}: its releases could not be read for a day",
        "The releases of {count} repositories could not be read for a day",
    ),
    FailureNews.DEAD: (
        "{name}: too many polls failed, so it is polled once a day only",
        "Too many polls of {count} repositories failed, so they are polled once a day only",
    ),
    FailureNews.WORKS_AGAIN: (
        "{name}: its releases can be read again",
        "The releases of {count} repositories can be read again",
    ),
}


@dataclass(frozen=True, slots=True)
class AnnouncedRepository:
    """The repository that a message is about.

    Attributes:
        id: its id.
        name: its name.
        address: where it is.
        tag_form: which of its tags are versions.
        latest: its latest release after the poll; None if it has none.
        latest_url: the page of that.
    """

    id: int
    name: str
    address: Address
    tag_form: TagForm
    latest: str | None = None
    latest_url: str | None = None


def announcement(repository: AnnouncedRepository, news: Sequence[News]) -> Message:
    """The message for news of a repository, in this order; the same news always give the same message id."""
    versions = "\n".join(sorted(map(_identity, news)))
    fingerprint = hashlib.sha256(versions.encode(errors="replace")).hexdigest()[:32]
    some = news[:MOST_RELEASES]
    room = min(LONGEST_NOTES, MOST_NOTES // max(len(some), 1))
    body: dict[str, object] = {
        "repository": _repository(repository),
        "releases": [_document(each, repository.tag_form, room) for each in some],
        "latest": {"version": repository.latest, "url": repository.latest_url} if repository.latest else None,
    }
    if len(news) > len(some):
        body["count"] = len(news)
    return Message(f"releases-{repository.id}-{fingerprint}", MessageKind.RELEASES, repository.name, body)


@dataclass(frozen=True, slots=True)
class PollProblem:
    """A repository whose polls fail, or work again.

    Attributes:
        repository: its id.
        name: its name.
        url: its address.
        news: what is announced about it.
        message: why the last poll failed; None: it did not.
        since: when the first poll failed; it identifies this failure.
        polled_at: when the last poll ended.
    """

    repository: int
    name: str
    url: str
    news: FailureNews
    message: str | None
    since: datetime
    polled_at: datetime


def poll_problem(name: str, url: str, result: PollResult, since: datetime | None) -> PollProblem | None:
    """What is announced about the polls of a repository; None for nothing.

    Args:
        name: the name of the repository.
        url: its address.
        result: of the last poll.
        since: when the polls before it began to fail.
    """
    polled_at = result.error.at if result.error else result.last_polled
    if result.tell is None or polled_at is None:
        return None
    message = result.error.message if result.error else None
    return PollProblem(
        result.repository, name, url, result.tell, message, result.failing_since or since or polled_at, polled_at
    )


def failure_announcements(problems: Sequence[PollProblem]) -> Iterator[tuple[Message, datetime]]:
    """One message for all repositories with the same news: a token that expired is one message, not one for each.

    Yields:
        A message, and when the last of its polls ended.
    """
    for news in FailureNews:
        if some := [problem for problem in problems if problem.news is news]:
            yield _failure_announcement(news, some), max(problem.polled_at for problem in some)


def _failure_announcement(news: FailureNews, problems: Sequence[PollProblem]) -> Message:
    one, several = _FAILURE_TITLES[news]
    title = one.format(name=problems[0].name) if len(problems) == 1 else several.format(count=len(problems))
    items = [
        {"name": f"{each.name} ({each.url})", "message": each.message or "", "page": False}
        for each in problems[:MOST_ITEMS]
    ]
    body: dict[str, object] = {
        "title": title,
        "over": news is FailureNews.WORKS_AGAIN,
        "count": len(problems),
        "items": items,
    }
    moments = "\n".join(sorted(f"{each.repository} {each.since}" for each in problems))
    fingerprint = hashlib.sha256(moments.encode()).hexdigest()[:32]
    subject = problems[0].name if len(problems) == 1 else "repositories"
    return Message(f"tracking-{news.name.lower()}-{fingerprint}", MessageKind.FAILURE, subject, body)


def _identity(news: News) -> str:
    """A release is new once; it can be promoted or moved later, and moved again."""
    version = news.release.version
    return version if news.kind is NewsKind.NEW else f"{version} {news.kind.value} {news.release.hash}"


def _repository(repository: AnnouncedRepository) -> dict[str, object]:
    address = repository.address
    page = address.url if is_web_address(address.url) else None
    if address.type is RepositoryType.CONTAINER:
        registry, _, path = address.path.partition("/")
        page = registry_page(ImageReference(registry, path))
    return {
        "id": repository.id,
        "name": repository.name,
        "url": address.url,
        "type": address.type.value,
        "path": address.path,
        "page": page,
    }


def _document(news: News, form: TagForm, room: int) -> dict[str, object]:
    release = news.release
    return {
        "change": news.kind.value,
        "previousHash": news.previous_hash,
        "version": release.version,
        "date": None if release.date is None else release.date.isoformat(),
        "notes": release.notes[:room],
        "url": release.url,
        "hash": release.hash,
        "prerelease": is_unstable(release, form),
        "channel": channel_of(release.version),
        "variants": list(release.variants),
    }
