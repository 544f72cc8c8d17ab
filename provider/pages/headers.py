"""Security headers of every response."""

from flask import Flask, Response

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def protect_browsers(app: Flask) -> None:
    """Allow pages to load from and submit to this service only, and never to be shown in a frame."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            # A shared cache must not serve a page that was made for a signed-in person.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
