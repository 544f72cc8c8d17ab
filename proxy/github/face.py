"""GitHub's own answers for callers without an account there: allow-listed, cached, and without credentials."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from proxy.cache import CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage
from proxy.github.kept_runs import KeptRuns
from proxy.github.links import rewritten
from proxy.github.run_types import COMPLETED
from proxy.github.session import GitHubSession
from proxy.routes import Allowed
from proxy.secrets.redactor import Redactor

FRESH_UNCHANGING = timedelta(minutes=5)
FRESH_ENDED = timedelta(seconds=60)
FRESH_RUNNING = timedelta(seconds=15)
_LISTS = {"runs": "workflow_runs", "workflow-runs": "workflow_runs", "jobs": "jobs", "attempt-jobs": "jobs"}
_ALONE = frozenset({"run", "attempt", "job"})


@dataclass(frozen=True, slots=True)
class FaceAnswer:
    """The answer to a caller: JSON in GitHub's shape.

    Attributes:
        link: the Link header with our own addresses; None if the list has one page.
        stale: no longer fresh.
        fetched_at: when GitHub sent or confirmed it, in UTC.
    """

    body: bytes = field(repr=False)
    link: str | None
    stale: bool
    fetched_at: datetime


class GitHubFace:
    """Reads what the routes allow from GitHub. Safe to use from many threads.

    Args:
        session: sends the requests.
        kept: the cached answers.
        api_url: the session's address.
        face_url: our own address for GitHub's API: `https://factory.example/proxy/github`.
        redactor: removes credentials from answers.
    """

    def __init__(
        self, session: GitHubSession, kept: KeptRuns, redactor: Redactor, *, api_url: str, face_url: str
    ) -> None:
        self._session = session
        self._kept = kept
        self._api_url = api_url.rstrip("/")
        self._face_url = face_url.rstrip("/")
        self._redactor = redactor

    def read(self, allowed: Allowed) -> FaceAnswer:
        """The answer to a read request that the routes allow.

        Raises:
            NotFound: GitHub has no such thing, or the service's token may not see it.
            Garbage: the answer is not JSON, or contains a secret.
            OutsideFailure: GitHub gave no answer, and none is cached.
        """
        path = allowed.path

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            answer = self._session.conditional(path, owner=allowed.owner, entry=entry, fresh_for=FRESH_RUNNING)
            return answer if isinstance(answer, Confirmed) else self._shown(allowed, answer)

        found = self._kept.get(allowed.repository, f"github-face {path}", fetch)
        link = found.headers.get("link")
        return FaceAnswer(
            found.body,
            rewritten(link, api_url=self._api_url, face_url=self._face_url, path=path) if link else None,
            found.stale,
            found.fetched_at,
        )

    def _shown(self, allowed: Allowed, answer: Fetched) -> Fetched:
        try:
            document = self._redactor.without_credentials(json.loads(answer.body))
        except (ValueError, RecursionError) as error:
            where = allowed.path.partition("?")[0]
            raise Garbage(f"{where}: GitHub's answer is not JSON; retried later") from error
        body = json.dumps(document, separators=(",", ":")).encode()
        self._redactor.check(body, answer.headers)
        return replace(answer, body=body, fresh_for=fresh_for(allowed.template, document))


def fresh_for(template: str, document: object) -> timedelta:
    """How long an answer stays fresh: a short time if something in it may still change.

    Args:
        template: the name of the route's template.
        document: GitHub's answer.
    """
    if template not in _LISTS and template not in _ALONE:
        return FRESH_UNCHANGING
    things = _listed(document, _LISTS[template]) if template in _LISTS else [document]
    ended = all(isinstance(thing, dict) and thing.get("status") == COMPLETED for thing in things)
    return FRESH_ENDED if ended else FRESH_RUNNING


def _listed(document: object, key: str) -> Iterable[object]:
    found = document.get(key) if isinstance(document, dict) else None
    return found if isinstance(found, list) else [None]
