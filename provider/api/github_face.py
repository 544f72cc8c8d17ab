"""/proxy/github: GitHub's own REST interface, as far as the allow-list goes, for enrolled images' repositories."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from flask import Blueprint, Request, Response, request
from werkzeug.exceptions import Forbidden

from provider.api.audited_reruns import AuditedReruns, rerun_failure
from provider.api.upstreams import GitHubUpstream
from provider.auth.permissions import Action
from provider.auth.rights import require
from provider.services.enrolled_sources import EnrolledSource, EnrolledSources
from proxy.errors import OutsideFailure
from proxy.github.face import FaceAnswer
from proxy.routes import Allowed, Doing, RouteRefused, route

PREFIX = "/proxy/github"
"""Where callers see GitHub."""

STALE = "X-Image-Factory-Stale"
"""The header of an answer that is older than it should be: when GitHub said so, in RFC 3339."""

# All that are anything here or elsewhere, so that each is refused by the same rule.
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
    """The blueprint for /proxy/github. Nothing of a request goes to GitHub but what the allow-list puts together."""
    blueprint = Blueprint("github-face", __name__)

    def answer(**_: str) -> Response:
        allowed = _allowed(sources)
        try:
            if allowed.doing is Doing.RERUN:
                return rerun(allowed)
            return _response(github.face.read(allowed))
        except OutsideFailure as error:
            raise rerun_failure(error, now) from error

    def rerun(allowed: Allowed) -> Response:
        run_id = int(allowed.parts["run"])
        # A caller without permission for the repository's images learns nothing of its runs.
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


def _path(asking: Request) -> str:
    """The path below the face, undecoded where the server provides it, so that encoded characters are refused."""
    sent = asking.environ.get("RAW_URI") or asking.environ.get("REQUEST_URI")
    path = str(sent).partition("?")[0] if sent else asking.path
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else ""


def _require_any(images: Sequence[EnrolledSource]) -> EnrolledSource:
    """The first of the images whose builds the caller may start.

    Raises:
        Forbidden: there is none.
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
        response.headers[STALE] = found.fetched_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return response
