"""The body of a webhook, and the JSON in it."""

from urllib.parse import parse_qs

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from provider.auth.strict_json import parse

LARGEST_BODY = 2 * 1024 * 1024
_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 10


def read_body(incoming: Request) -> bytes:
    """The bytes of the body, at most 2 MiB.

    Raises:
        RequestEntityTooLarge: there are more.
    """
    incoming.max_content_length = LARGEST_BODY
    return incoming.get_data(cache=True, parse_form_data=False)


def json_of(mimetype: str, body: bytes) -> object:
    """The JSON of a body, or of the field `payload` of a form, which GitHub can send.

    Raises:
        UnsupportedMediaType: it is neither.
        BadRequest: it is not valid JSON.
    """
    if mimetype == _FORM:
        return _parsed(_payload_of(body))
    if mimetype == _JSON or mimetype.endswith("+json"):
        return _parsed(body)
    raise UnsupportedMediaType(f"Send the body as {_JSON}.")


def _parsed(text: bytes) -> object:
    try:
        return parse(text)
    except ValueError as error:
        raise BadRequest(f"The body is {error}.") from None


def _payload_of(body: bytes) -> bytes:
    try:
        fields = parse_qs(body, strict_parsing=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        fields = {}
    values = fields.get(b"payload", [])
    if len(values) != 1:
        raise BadRequest("The form has no field payload; choose application/json as the content type of the webhook.")
    return values[0]
