"""Where the process of the web server begins."""

from typing import TYPE_CHECKING

from provider import garbage

if TYPE_CHECKING:
    from flask import Flask


def web() -> "Flask":
    """Import and make the application; the process of the web server calls this."""
    with garbage.none_collected():
        from provider.commands.serving import web_process  # noqa: PLC0415 - nothing is collected meanwhile

        return web_process.web()
