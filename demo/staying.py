"""Keeps the demo running until it is stopped, and prints what a person needs to try it."""

import signal
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

_ADDRESSES = """
The demo keeps running:
  images             {url}/images
  API documentation  {url}/api/docs
  Backstage entities {url}/catalog/catalog-info.yaml
  config repository  git clone {clone}
                     user name: {user}
                     password: {token}
  admin's token      {admin}
To enroll an image, edit images.yaml in the clone, commit and push; the service reads it within seconds.
To enroll one by the API: curl -H 'X-Image-Factory-Token: {admin}' --json @entry.json {url}/api/v1/images
The pages ask for the admin's token. Links to github.com lead nowhere: the demo has a GitHub of its own.
Press Ctrl-C, or send SIGTERM, to stop the demo."""
USER = "demo"


def stay(url: str, config_url: str, token: str, admin: str, write: Callable[[str], None] = print) -> None:
    """Print the addresses, and wait for SIGTERM or SIGINT.

    Args:
        url: the address of the service.
        config_url: the http address of the config repository.
        token: a token that may push there; the git server accepts it as the password of any user.
        admin: the token of the service's admin.
        write: prints text.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parts = urlsplit(config_url)
    clone = parts._replace(netloc=f"{USER}:{token}@{parts.netloc}").geturl()
    write(_ADDRESSES.format(url=url, clone=clone, user=USER, token=token, admin=admin))
    stopped.wait()
