"""GET /proxy/registry/NAME/tags: the tags of an image in the format of its registry, without the credentials."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest

from provider.api.answers.upstream_failures import upstream_failure
from provider.api.images import found
from provider.api.upstreams import RegistryUpstream
from provider.auth.strict_query import judges_its_query
from provider.ports import ImageIndex
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog
from proxy.secrets.redactor import Redactor
from proxy.versions.face_query import QueryRefused
from proxy.versions.sources import TagPage

REGISTRY_FACE = "registry-face"
"""The name of the blueprint."""

_log = EventLog(__name__)


def registry_face(
    index: ImageIndex, registries: RegistryUpstream, public_url: str, now: Callable[[], datetime]
) -> Blueprint:
    """The blueprint; links to other pages start with `public_url`."""
    blueprint = Blueprint(REGISTRY_FACE, __name__, url_prefix="/proxy/registry")

    @blueprint.get("/<name>/tags")
    @judges_its_query
    def tags(name: str) -> Response:
        reference = found(index, name).reference
        query = list(request.args.items(multi=True))
        try:
            page = registries.versions.tags(reference, query, f"{public_url}/proxy/registry/{name}/tags")
            return _answer(page, registries.redactor)
        except QueryRefused as refusal:
            raise BadRequest(str(refusal)) from refusal
        except OutsideFailure as error:
            _log.warning("tags_not_read", "cannot return the tags of {image}: {error}", image=name, error=error)
            raise upstream_failure(error, now) from error

    return blueprint


def _answer(page: TagPage, redactor: Redactor) -> Response:
    """The response: a newly written body and only our own headers; no header of the upstream is passed on."""
    body = json.dumps(redactor.without_credentials(page.document)).encode()
    headers = {"Cache-Control": "private, no-cache", **_link(page.links)}
    redactor.check(body, headers)
    response = Response(body, headers=headers, content_type="application/json")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _link(links: Mapping[str, str]) -> Mapping[str, str]:
    return {"Link": ", ".join(f'<{address}>; rel="{name}"' for name, address in links.items())} if links else {}
