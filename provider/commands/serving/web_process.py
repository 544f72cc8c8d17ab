"""The process of the web server: it imports what answers requests, and nothing of the worker."""

import atexit
import ctypes
import multiprocessing
import os
import signal
import sys

from flask import Flask

from provider import garbage
from provider.composition.observing.tracing import begin_tracing
from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.observing.logs import set_up_logging
from provider.settings import read_settings

_PR_SET_PDEATHSIG = 1


def web() -> Flask:
    """Make the application from the environment."""
    _end_with_parent()
    settings = read_settings(os.environ)
    # Never closed: the parts are used until the process ends.
    parts = Parts.open(settings)
    set_up_logging(settings.log_format, parts.redactor)
    atexit.register(begin_tracing(settings))
    application = web_app(parts)
    garbage.settle()
    return application


def _end_with_parent() -> None:
    """End the web server when its parent is killed, so that the port is free (Linux: prctl PR_SET_PDEATHSIG).

    By SIGKILL: granian's graceful end can wait for ever in its signal handler, and without a parent nothing ends it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit("the service that started this web server has ended")
