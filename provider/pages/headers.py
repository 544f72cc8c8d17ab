"""What every answer says to browsers."""

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
    """Let pages load and send only what is ours, and be framed by nobody."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype == "text/html":
            # What a signed-in person saw must not come out of a shared cache.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
