"""Find variables with our prefix that are not settings, so that a typo is reported."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

# Kubernetes sets these variables for every Service, and ours may be named image-factory or image-factory-web
# (kubernetes.io/docs/concepts/services-networking/service, "Environment variables").
_OF_KUBERNETES = re.compile(
    r"([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://\S+")


def unknown_variables(environ: Mapping[str, str], known: Sequence[str], prefix: str) -> Iterable[str]:
    """A line for each unknown variable with the prefix, with the nearest known one."""
    for name, text in environ.items():
        if name.startswith(prefix) and name not in known and not _of_kubernetes(name.removeprefix(prefix), text):
            nearest = get_close_matches(name, known, n=1, cutoff=0.0)
            yield f"{name}: there is no such setting; did you mean {nearest[0]}?"


def _of_kubernetes(name: str, text: str) -> bool:
    if _OF_KUBERNETES.fullmatch(name):
        return True
    # A person who sets a port writes a number.
    return f"_{name}".endswith("_PORT") and _SERVICE_ADDRESS.fullmatch(text) is not None
