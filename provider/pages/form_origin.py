"""Forms that change something are taken from our own pages alone."""

from collections.abc import Callable

from flask import request
from werkzeug.exceptions import Forbidden

_OURS = "same-origin"


def check_own_form(check_origin: Callable[[], None]) -> None:
    """Pass a form that one of our own pages sent.

    A browser sends Origin with every form that is posted, and says by Sec-Fetch-Site how the page stands to the address
    (W3C, "Fetch Metadata Request Headers"); no page can write either. Sec-Fetch-Site comes over https and on this
    machine only: where it is missing, the origin has to be ours. Where it is there it decides, since people may open
    our address by another of its names, as localhost is one of 127.0.0.1.

    Args:
        check_origin: raises Forbidden where Origin is not our public address.

    Raises:
        Forbidden: a page elsewhere had it sent, or it shows no origin.
    """
    if "Origin" not in request.headers:
        raise Forbidden("A form is taken from a browser, which says where it comes from; programs use the API.")
    site = request.headers.get("Sec-Fetch-Site")
    if site is None:
        check_origin()
    elif site != _OURS:
        raise Forbidden("A page elsewhere may not change anything here. Open the image's builds here and try again.")
