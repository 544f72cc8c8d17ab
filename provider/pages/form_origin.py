"""Forms that change something are accepted only from pages of this service."""

from collections.abc import Callable

from flask import request
from werkzeug.exceptions import Forbidden

_SAME_ORIGIN = "same-origin"


def check_form_origin(check_origin: Callable[[], None]) -> None:
    """Check that the form of the current request was sent by a page of this service.

    A browser sends Origin with every posted form, and Sec-Fetch-Site with the relation between the page and the address
    (W3C, "Fetch Metadata Request Headers"); a page can set neither. Browsers send Sec-Fetch-Site over https and to
    localhost only. If it is present it decides, because people may use another name of the same address, such as
    localhost for 127.0.0.1. If it is missing, Origin must be the public address.

    Args:
        check_origin: raises Forbidden if Origin is not the public address.

    Raises:
        Forbidden: another site sent the form, or the request has no Origin header.
    """
    if "Origin" not in request.headers:
        raise Forbidden(
            "The request has no Origin header. Forms are accepted from browsers only; programs use the API."
        )
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        check_origin()
    elif site != _SAME_ORIGIN:
        raise Forbidden("The form was sent from another site. Open the builds of the image on this site and try again.")
