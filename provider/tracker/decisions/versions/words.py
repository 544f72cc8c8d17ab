"""The words in tags: pre-releases, channels, and words that name no component. Pure."""

import re

PLAIN_WORDS = frozenset({"v", "ver", "version", "rel", "release", "releases", "stable", "lts", "ga", "final"})
"""Words before a number that name no component: `release-1.2` is a version as `1.2` is."""

COUNTER_WORDS = frozenset({"build", "builds", "ci", "jenkins", "job", "run", "pipeline", "pr", "sha", "commit"})
"""Words before a single number or a date that make it a count of builds, not a version."""

_CHANNELS = (
    "alpha|beta|rc|cr|pre|preview|pretest|prerelease|dev|devel|snapshot|nightly|canary|milestone|ea|next|edge|insiders?"
    "|unstable|testing|weekly|daily|experimental|trunk"
)
_CHANNEL = re.compile(rf"(?:{_CHANNELS})[0-9]*").fullmatch
_PRERELEASE_WORD = re.compile(rf"(?<![A-Za-z])({_CHANNELS}|a|b|c|m|init)(?![A-Za-z])", re.IGNORECASE).search
# The time and the commit of a version that Go makes for a commit without a tag (go.dev/ref/mod, "Pseudo-versions").
_PSEUDO_VERSION = re.compile(r"[.-][0-9]{14}-[0-9a-f]{12}(?![0-9A-Za-z])").search
_FINAL = re.compile(r"[-_.]?(?:final|ga|release|stable|rtm)(?![0-9A-Za-z])", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]+")
_HASH = re.compile(r"(?<![0-9A-Za-z])g?(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,64}(?![0-9A-Za-z])")


def is_prerelease(text: str) -> bool:
    """Whether a text after the numbers marks a pre-release: `rc1` does; `alpine` does not, nor does a commit."""
    return bool(_PSEUDO_VERSION(text) or _PRERELEASE_WORD(_NUMBERS.sub(".", _HASH.sub("", text)).replace("_", ".")))


def is_channel(word: str) -> bool:
    """Whether a whole word before the numbers, in lower case, names a channel of pre-releases: nightly, edge, rc."""
    return _CHANNEL(word) is not None


def without_final(suffix: str) -> str:
    """A suffix without the word that says that it is no pre-release: `.Final`, `-RELEASE`."""
    return _FINAL.sub("", suffix, count=1)


def has_hash(text: str) -> bool:
    """Whether a part of the text is a commit, whole or abbreviated."""
    return _HASH.search(text) is not None
