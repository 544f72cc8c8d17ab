"""Descriptions of statuses and path parameters for the API documentation."""

from collections.abc import Mapping
from http import HTTPStatus

DESCRIPTIONS: Mapping[HTTPStatus, str] = {
    HTTPStatus.OK: "Success",
    HTTPStatus.CREATED: "Created",
    HTTPStatus.ACCEPTED: "Accepted; the work continues after this response",
    HTTPStatus.NO_CONTENT: "Success; the response has no body",
    HTTPStatus.BAD_REQUEST: "The body is not valid JSON",
    HTTPStatus.UNAUTHORIZED: "The credentials are missing or invalid",
    HTTPStatus.FORBIDDEN: "The caller lacks the required permission",
    HTTPStatus.NOT_FOUND: "The resource does not exist",
    HTTPStatus.CONFLICT: "The request conflicts with the current state; the message says why",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is too large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not sent as application/json",
    HTTPStatus.UNPROCESSABLE_ENTITY: "A parameter or field is invalid; `errors` names it",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; retry after the time in `Retry-After`",
    HTTPStatus.BAD_GATEWAY: "The upstream service returned an unusable answer or refused this service's credentials",
    HTTPStatus.SERVICE_UNAVAILABLE: "The upstream service is unavailable; retry later, or when `Retry-After` says",
}
"""One sentence for each status that an operation can return."""

PATH_PARAMETERS: Mapping[str, str] = {
    "name": "name of the image, for example `node-22`",
    "tag": "a tag of the image, for example `1.4.2`",
    "run_id": "id of the workflow run at GitHub",
    "repository": "id of the tracked repository",
    "release": "id of the release",
    "secret": "a secret of IMAGE_FACTORY_WEBHOOK_SECRET",
    "rebuild": "id of the rebuild, from the address that the build system was given",
}
"""One description for each parameter in a path."""
