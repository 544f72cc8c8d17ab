"""/proxy/github: the part of GitHub's REST API that the allow-list permits, for repositories of enrolled images."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import Forbidden

from catalog.times import rfc3339
from provider.api.audited_reruns import AuditedReruns, rerun_failure
from provider.api.upstreams import GitHubUpstream
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.auth.strict_query import judges_its_query
from provider.services.enrolled_sources import EnrolledSource, EnrolledSources
from proxy.errors import OutsideFailure
from proxy.github.face import FaceAnswer
from proxy.routes import Allowed, RouteAction, RouteRefused, route

PREFIX = "/proxy/github"
"""The path prefix under which callers reach GitHub."""

STALE = "X-Image-Factory-Stale"
"""The header of a stale answer: when it was read from GitHub, in RFC 3339."""

# All common methods, so that the allow-list refuses each of them in the same way.
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_MOST_KEYS = 50
_FOLDER = ".github/workflows/"
_FAILED_ONLY = "rerun-failed-jobs"


def github_face(
    sources: EnrolledSources,
    github: GitHubUpstream,
    reruns: AuditedReruns,
    now: Callable[[], datetime],
) -> Blueprint:
    """The blueprint for /proxy/github. Only what the allow-list builds from a request is sent to GitHub."""
    blueprint = Blueprint("github-face", __name__)

    @judges_its_query
    def answer(**_: str) -> Response:
        allowed = _allowed(sources)
        try:
            if allowed.action is RouteAction.RERUN:
                return rerun(allowed)
            return _response(github.face.read(allowed))
        except OutsideFailure as error:
            raise rerun_failure(error, now) from error

    def rerun(allowed: Allowed) -> Response:
        run_id = int(allowed.parts["run"])
        # Before the run is read: a caller without permission for the repository must not learn about its runs.
        _require_any(sources.images(allowed.repository))
        run = github.runs.run(allowed.repository, run_id)
        workflow = run.workflow.removeprefix(_FOLDER)
        source = _require_any(sources.images(allowed.repository, workflow))
        reruns.rerun(source, workflow, run_id, failed_only=allowed.template == _FAILED_ONLY)
        return Response("{}", HTTPStatus.CREATED, content_type="application/json; charset=utf-8")

    for rule in (f"{PREFIX}/", f"{PREFIX}/<path:rest>"):
        blueprint.add_url_rule(
            rule, "answer", answer, methods=_METHODS, provide_automatic_options=False, merge_slashes=False
        )
    return blueprint


def _allowed(sources: EnrolledSources) -> Allowed:
    try:
        query = parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_KEYS)
    except ValueError as error:
        raise Forbidden(f"a query may have at most {_MOST_KEYS} keys") from error
    decision = route(request.method, _path(request), query, sources.repositories())
    if isinstance(decision, RouteRefused):
        raise Forbidden(decision.reason)
    return decision


def _path(received: Request) -> str:
    """The path below the prefix; undecoded if the server provides it, so that encoded characters are refused."""
    sent = received.environ.get("RAW_URI") or received.environ.get("REQUEST_URI")
    path = str(sent).partition("?")[0] if sent else received.path
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else ""


def _require_any(images: Sequence[EnrolledSource]) -> EnrolledSource:
    """The first of the images whose builds the caller may start.

    Raises:
        Forbidden: the caller may not start any of them.
    """
    refusal = Forbidden("no enrolled image is built by this run's workflow, so it cannot be re-run here")
    for image in images:
        try:
            require(Action.REBUILD, image.owner)
        except Forbidden as error:
            refusal = error
        else:
            return image
    raise refusal


def _response(found: FaceAnswer) -> Response:
    tag = hashlib.sha256(b"\n".join([found.body, (found.link or "").encode()])).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(found.body, content_type="application/json; charset=utf-8")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    if found.link:
        response.headers["Link"] = found.link
    if found.stale:
        response.headers[STALE] = rfc3339(found.fetched_at)
    return response
