"""The announcement of new releases: one message for all that a poll found. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.outcomes import FailureNews, News, NewsKind, PollResult

LONGEST_NOTES = 4_000
"""The most characters of release notes in a message: more than a channel shows, and less than a long changelog."""

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


def announcement(repository: int, name: str, url: str, type: str, news: Sequence[News]) -> Message:  # noqa: A002 - the API's word
    """The message for news of a repository, in this order; the same news always give the same message id."""
    versions = "\n".join(sorted(map(_identity, news)))
    fingerprint = hashlib.sha256(versions.encode(errors="replace")).hexdigest()[:32]
    body: dict[str, object] = {
        "repository": {"id": repository, "name": name, "url": url, "type": type},
        "releases": [_document(each) for each in news],
    }
    return Message(f"releases-{repository}-{fingerprint}", MessageKind.RELEASES, name, body)


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


def _document(news: News) -> dict[str, object]:
    release = news.release
    return {
        "change": news.kind.value,
        "previousHash": news.previous_hash,
        "version": release.version,
        "date": None if release.date is None else release.date.isoformat(),
        "notes": release.notes[:LONGEST_NOTES],
        "url": release.url,
        "hash": release.hash,
        "prerelease": release.prerelease,
        "variants": list(release.variants),
    }
