"""Limits requests without a caller, by the address that they come from."""

import math
import time
from collections.abc import Mapping

from flask import Flask, request
from flask_limiter import Limiter, RequestLimit
from werkzeug.exceptions import TooManyRequests

from provider.auth.access import current_caller
from provider.auth.attempts import network_of
from provider.auth.proxies.public_groups import PublicGroup


def limit_public(app: Flask, groups: Mapping[str, PublicGroup], limits: Mapping[PublicGroup, int]) -> None:
    """Answer 429 with Retry-After where one address sends too much; call it after the guard is set up.

    Requests with a caller are never counted: people who are signed in, and programs with a token. The counts are those
    of this process. There is one web process for each `serve`; several count apart, which multiplies the limits, and a
    store that they share would cost a request to it for each of theirs.

    Args:
        app: the application.
        groups: by endpoint, and by blueprint for all of its endpoints.
        limits: requests a minute for each group; 0 is no limit.
    """

    def group() -> PublicGroup | None:
        return groups.get(request.endpoint or "") or groups.get(request.blueprint or "")

    def number() -> int:
        found = group()
        return limits[found] if found else 0

    limiter = Limiter(
        lambda: f"{group()} {network_of(request.remote_addr)}",
        app=app,
        application_limits=[lambda: f"{number()} per minute"],
        storage_uri="memory://",
        strategy="fixed-window",
        on_breach=_refuse,
    )
    limiter.request_filter(lambda: current_caller() is not None or number() == 0)


def _refuse(reached: RequestLimit) -> None:
    seconds = max(1, math.ceil(reached.reset_at - time.time()))
    raise TooManyRequests(
        f"Too many requests of your address: at most {reached.limit.amount} a minute are taken here without a caller. "
        f"Try again in {seconds} seconds.",
        retry_after=seconds,
    )
