"""The valid values of `verify`.

Each `*_problem` returns None when the text is valid; otherwise it returns what is wrong and what to write.
"""

import re

from provider.domain.enrollment_grammar import shown
from provider.domain.policy.patterns import LONGEST
from provider.domain.verification.rule import is_inline

_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*")
_ISSUER = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[\x21-\x7e]*)?")
_WHOLE_HOST = re.compile(r"https?://[^/]*(/\**)?")
_LONGEST_KEY = 8192
_LONGEST_TEXT = 1024
_PATTERN = re.compile(r"[a-z0-9*][A-Za-z0-9._:/*@-]*")


def key_problem(text: str) -> str | None:
    """Check a public key, or the path of its file."""
    if not is_inline(text):
        return file_problem(text, "keys/team.pem")
    if len(text) > _LONGEST_KEY:
        return f"has {len(text)} characters; a public key has a few hundred"
    return public_key_problem(text)


def public_key_problem(text: str) -> str | None:
    """Check a public key in PEM form."""
    from proxy.signatures.public_keys import InvalidKey, public_key  # noqa: PLC0415 - slow, and rarely needed

    try:
        public_key(text)
    except InvalidKey as error:
        return str(error)
    return None


def file_problem(text: str, example: str = "keys/trusted_root.json") -> str | None:
    """Check the path of a file in the config repository."""
    if _PATH.fullmatch(text) and len(text) <= _LONGEST_TEXT:
        return None
    return f"{shown(text)} is not a path in the config repository; write for example {example}"


def issuer_problem(text: str) -> str | None:
    """Check the issuer of an identity."""
    if _ISSUER.fullmatch(text) and len(text) <= _LONGEST_TEXT:
        return None
    return (
        f"{shown(text)} is not the address of an issuer; write for example https://token.actions.githubusercontent.com"
    )


def subject_problem(text: str) -> str | None:
    """Check the subject of an identity: one that everybody can get is none."""
    right = "write for example https://github.com/acme/* or *@acme.example"
    if not text.isprintable() or not text.strip() or len(text) > _LONGEST_TEXT:
        return f"{shown(text)} is not an identity; {right}"
    if "*" in text and (_WHOLE_HOST.fullmatch(text) or not _names_somebody(text)):
        return f"{shown(text)} fits everybody's identity; {right}"
    return None


def base_pattern_problem(text: str) -> str | None:
    """Check a pattern of base images."""
    if _PATTERN.fullmatch(text) and len(text) <= LONGEST:
        return None
    return f"{shown(text)} is not a pattern of base images; write for example cgr.dev/** or docker.io/library/node"


def _names_somebody(text: str) -> bool:
    """Whether fixed text names who may sign: the owner behind the host of an address, or the host of an email."""
    scheme, has_scheme, rest = text.partition("://")
    if not has_scheme:
        _, at, host = text.rpartition("@")
        return bool(at) and "." in host and "*" not in host
    host, _, path = rest.partition("/")
    owner = path.partition("/")[0]
    return "*" not in scheme + host and bool(owner) and "*" not in owner
