"""The application that granian serves in the tests of /proxy/github; GITHUB_URL is the address of GitHub."""

import os
from datetime import UTC, datetime

from flask import Flask

from provider.auth.access import Access
from proxy.http.addresses import AddressPolicy
from proxy.http.transport import Transport
from tests.peers.process import LOOPBACK
from tests.provider.api.github_worlds import PUBLIC_URL, TOKENS, images, web_of
from tests.provider.web_images import MemoryIndex
from tests.proxy.clocks import Clock


def web() -> Flask:
    """The web part with the enrolled monorepo."""
    clock = Clock(datetime.now(UTC))
    policy = AddressPolicy(private_hosts=(LOOPBACK,), insecure_registries=(LOOPBACK,))
    transport = Transport(policy, now=clock.now, sleep=clock.sleep)
    index = MemoryIndex(images(), {image.name: image.name for image in images()})
    access = Access(tokens=TOKENS)
    return web_of(os.environ["GITHUB_URL"], transport, clock, index, PUBLIC_URL, access)
