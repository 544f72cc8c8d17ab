"""What `image-factory serve` logs at its start: where the pages and the config repository are, and what to do. Pure."""

import ipaddress

from provider.composition.config_checkout import config_address
from provider.settings import Settings


def start_lines(settings: Settings, host: str, port: int, *, with_worker: bool) -> tuple[str, ...]:
    """The lines for a web service that listens on this host and port."""
    bracketed = f"[{host}]" if ":" in host else host
    site = f"http://{bracketed}:{port}" if is_loopback(host) else settings.public_url
    pages = f"listening on {bracketed}:{port}; web pages: {site}/overview, API documentation: {site}/api/docs"
    if not with_worker:
        return pages, "this process has no worker; run 'image-factory worker' with the same settings"
    address = config_address(settings)
    enroll = f"to enroll an image, open {site}/images/new, or add an entry to its images.yaml and push it"
    return pages, f"config repository: {address}; {enroll}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host; a name other than localhost counts as reachable by others."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
