"""python-gitlab behind an adapter: its requests go through our session, like all requests to GitLab.

python-gitlab alone has no address policy, no size limit and no deadline, follows redirects with the token, and sleeps
and repeats by itself when GitLab limits requests. Here it builds requests and reads answers; the session sends them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import gitlab
import requests
from gitlab.exceptions import GitlabError
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from proxy.errors import Garbage, Refused, perhaps_done
from proxy.gitlab.session import GitLabSession
from proxy.http.exchange import SAFE_METHODS

PER_PAGE = 100
"""The most entries of a list that GitLab sends at once."""


def gitlab_client(session: GitLabSession) -> gitlab.Gitlab:
    """A client whose requests the session sends; a failure is one of `proxy.errors`. Not safe for threads."""
    sending = requests.Session()
    # Without the environment: no proxy, no .netrc, no certificates of requests.
    sending.trust_env = False
    sending.adapters.clear()
    sending.mount(f"{session.api_url}/", SessionAdapter(session))
    return gitlab.Gitlab(session.url, session=sending, per_page=PER_PAGE, keep_base_url=True)


@contextmanager
def read_answers(where: str, method: str = "GET") -> Iterator[None]:
    """Turn what python-gitlab and its reader cannot understand of an answer into one of `proxy.errors`.

    Raises:
        Garbage: the answer cannot be read.
        OutcomeUnknown: the same, where the request changes something.
    """
    try:
        yield
    except (GitlabError, AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"{where}: GitLab's answer cannot be read"
        raise (Garbage(f"{problem}; retried later") if method in SAFE_METHODS else perhaps_done(problem)) from error


class SessionAdapter(BaseAdapter):
    """Sends what python-gitlab asks requests to send."""

    def __init__(self, session: GitLabSession) -> None:
        super().__init__()
        self._session = session

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests passes it
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002 - the session has its own
        verify: bool | str = True,  # noqa: ARG002, FBT001, FBT002 - the transport has its own
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,  # noqa: ARG002 - the same
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - the same
    ) -> requests.Response:
        """See requests; of the request's headers only the session's own are sent."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if stream or not (body is None or isinstance(body, bytes)):
            raise Refused("python-gitlab may not send a file or a stream to GitLab; use GitLabSession.ask")
        answer = self._session.ask(request.method or "GET", request.url or "", body=body)
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response._content = answer.body  # noqa: SLF001 - requests has no other way to make a response
        response.encoding = "utf-8"
        response.url = answer.url
        response.request = request
        return response

    def close(self) -> None:
        """See requests; there is nothing to close."""
