"""Security headers of every response, and who may keep it."""

from flask import Flask, Response, g

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


_FOR_A_YEAR = "max-age=31536000"


def protect_browsers(app: Flask, public_url: str) -> None:
    """Allow pages to load from and submit to this service only, and never to be shown in a frame.

    A shared cache must not keep a response, because it was made for one caller. The caller may keep a page, or a
    response with an entity tag, and must ask before each use.

    Args:
        app: the application.
        public_url: with https, browsers that came by https never use plain http again (RFC 6797).
    """
    headers = _HEADERS | ({"Strict-Transport-Security": _FOR_A_YEAR} if public_url.startswith("https:") else {})

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        # `answers/fast_answers.py` keeps the others itself, and sets the header after it has read them.
        if "keep_for" not in g:
            asked_again = response.mimetype == "text/html" or "ETag" in response.headers
            response.headers.setdefault("Cache-Control", "private, no-cache" if asked_again else "private, no-store")
        return response
