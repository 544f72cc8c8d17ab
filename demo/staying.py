"""Keeps the demo running until it is stopped, and prints what a person needs to try it."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Literal
from urllib.parse import urlsplit

from demo.images import SPARE

_ADDRESSES = """
The demo keeps running. Sign in at {url}/login with the token {admin}
  overview           {url}/overview
  images             {url}/images
  API documentation  {url}/api/docs
  Backstage entities {url}/catalog/catalog-info.yaml
  GitHub of the demo {github}/acme/{spare}
  config repository  {clone}

Enroll an image: paste this into another terminal.

cd "$(mktemp -d)" && git clone {clone} && cd {folder}
cat >> images.yaml <<'END'

{entry}END
git -c user.name=you -c user.email=you@example.com commit --all --message "Enroll {spare}" && git push

Within seconds {url}/images/{spare} shows that {spare} is built from an older node:22, and
that it is rebuilt on the newest one, which has aged long enough; the page links to the workflow run.
If nothing is there after a minute, the log of the service says why: {log}

Change a base image: {how} to publish a new node:22.
{delay} later the images that are built from it are rebuilt.
Use the API: curl -H 'X-Image-Factory-Token: {admin}' {url}/api/v1/images/{spare}
Stop the demo: press Ctrl-C, or run kill {pid}"""
USER = "demo"
_SIGNALS_SECONDS = 0.5
_Wish = Literal["publish", "end"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the demo prints.

    Attributes:
        url: the address of the service.
        github: the address of the demo's GitHub.
        config_url: the http address of the config repository.
        config_token: a token that may push there; the git server accepts it as the password of any user.
        admin: the token of the service's admin.
        entry: the entry of an image that is not enrolled, as in images.yaml.
        delay: how long a new digest of a base image must age, as in images.yaml.
        log: the file that has the log of the service.
    """

    url: str
    github: str
    config_url: str
    config_token: str
    admin: str
    entry: str
    delay: str
    log: str


def stay(kept: Kept, publish: Callable[[], str], write: Callable[[str], None] = print) -> None:
    """Print how to go on, and wait for SIGTERM or SIGINT.

    Args:
        kept: what is printed.
        publish: changes the base image and returns its new digest. Called for each SIGUSR1, and for each line that is
            typed in a terminal.
        write: prints text.
    """
    # A SimpleQueue may be filled by a signal handler.
    wanted: SimpleQueue[_Wish] = SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: wanted.put("end"))
    signal.signal(signal.SIGUSR1, lambda *_: wanted.put("publish"))
    terminal = sys.stdin is not None and sys.stdin.isatty()
    if terminal:
        threading.Thread(target=_read_lines, args=(wanted,), daemon=True).start()
    write(_text(kept, terminal=terminal))
    while _next(wanted) == "publish":
        write(f"node:22 is now {publish()}")
    write("The demo has ended.")


def _next(wanted: SimpleQueue[_Wish]) -> _Wish:
    """What is wanted next.

    The system may deliver a signal to another thread; its handler runs in this one, as soon as this one does anything.
    """
    while True:
        with contextlib.suppress(Empty):
            return wanted.get(timeout=_SIGNALS_SECONDS)


def _read_lines(wanted: SimpleQueue[_Wish]) -> None:
    for _ in sys.stdin:
        wanted.put("publish")


def _text(kept: Kept, *, terminal: bool) -> str:
    parts = urlsplit(kept.config_url)
    pid = os.getpid()
    return _ADDRESSES.format(
        admin=kept.admin,
        url=kept.url,
        github=kept.github,
        spare=SPARE,
        clone=parts._replace(netloc=f"{USER}:{kept.config_token}@{parts.netloc}").geturl(),
        folder=parts.path.rpartition("/")[2].removesuffix(".git"),
        entry=kept.entry,
        log=kept.log,
        how=f"press Enter here, or run kill -USR1 {pid}," if terminal else f"run kill -USR1 {pid}",
        delay=kept.delay,
        pid=pid,
    )
