"""What git's words mean: a lost race, a refusal, a passing fault, a full disk, a broken repository. Pure."""

import re
from enum import Enum, auto

from provider.errors import CheckoutUnwritable, ProviderError, RepositoryBroken
from provider.git.texts import one_line, shortened
from proxy.errors import NotFound, OutsideFailure, Refused, Unavailable

_WORDS = 600
_SERVERS = re.compile(r"remote:|error: remote unpack failed")
_NOISE = re.compile(r"^(hint:|To |Done$|warning:|remote: (Counting|Compressing|Enumerating|Resolving|Total))")


class Push(Enum):
    """How a push of one branch ended."""

    ACCEPTED = auto()
    RACED = auto()
    REFUSED = auto()
    UNANSWERED = auto()


# The server's branch moved before, or while, it took ours: builtin/push.c and builtin/receive-pack.c.
_RACED = re.compile(
    r"\[rejected\] \((fetch first|non-fast-forward|stale info)\)"
    r"|\[remote rejected\] \((failed to update ref|incorrect old value provided|cannot lock ref"
    r"|reference already exists)"
)
_REJECTED = re.compile(r"^!\t[^\t]*\t(?P<summary>\[(remote )?rejected\].*)$", re.MULTILINE)

_REFUSED = re.compile(
    r"Authentication failed|could not read (Username|Password)|Permission denied \(|returned error: (401|403|404|30\d)"
    r"|Permission to \S+ denied|repository '?\S+ not found|Repository not found|Host key verification failed"
    r"|certificate|unable to update url base|not allowed|Write access to repository not granted|access denied",
    re.IGNORECASE,
)
_DISK = re.compile(
    r"No space left on device|Disk quota exceeded|Read-only file system|File too large|unable to (write|create)"
    r"|insufficient permission|Permission denied$|Input/output error",
    re.IGNORECASE | re.MULTILINE,
)
_BROKEN = re.compile(
    r"not a git repository|does not appear to be a git repository|bad object|corrupt|unable to read tree|bad tree"
    r"|couldn't find remote ref|unable to read sha1|missing blob|invalid object|not a valid object|loose object"
)

# In lower case: git's words, and GitHub's and others', for a repository that is not there.
_NO_REPOSITORY = ("not found", "returned error: 404", "does not appear to be a git repository")


def push_outcome(status: int, report: str) -> Push:
    """How it ended, from the exit status and the lines of `git push --porcelain` for one branch."""
    if status == 0:
        return Push.ACCEPTED
    rejected = _REJECTED.search(report)
    # An unpacker error is the server's disk or memory, which may pass.
    if rejected is None or "unpacker error" in rejected["summary"]:
        return Push.UNANSWERED
    return Push.RACED if _RACED.match(rejected["summary"]) else Push.REFUSED


def rejection(report: str) -> str:
    """The reason in a push's report, such as `[remote rejected] (protected branch hook declined)`."""
    rejected = _REJECTED.search(report)
    return rejected["summary"] if rejected else ""


def failure_of(doing: str, words: str, *, asked_remote: bool) -> OutsideFailure | ProviderError:
    """The error for a git command that failed.

    Args:
        doing: what was tried, for the message: "fetch main from https://...".
        words: git's standard error, already redacted.
        asked_remote: the command spoke with the server; what fails for no known cause is then worth another try.
    """
    said = gist(words)
    # The server's words about its own disk look like ours: they come behind "remote:" or in "remote unpack failed:".
    local = "\n".join(line for line in words.splitlines() if not _SERVERS.match(line))
    if _DISK.search(local) and not _REFUSED.search(local):
        return CheckoutUnwritable(f"could not {doing}: this machine could not write: {said}; free the disk or fix it")
    if asked_remote and _REFUSED.search(words):
        return Refused(f"could not {doing}: {said}; check the address, the token and its permissions")
    if _BROKEN.search(local):
        return RepositoryBroken(f"could not {doing}: {said}")
    if asked_remote:
        return Unavailable(f"could not {doing}: {said}; it is tried again")
    return RepositoryBroken(f"could not {doing}: {said}")


def source_failure_of(doing: str, words: str) -> OutsideFailure:
    """The error for a git command that failed on somebody else's repository; a fault of this machine passes, too.

    Args:
        doing: as for `failure_of`.
        words: as for `failure_of`.
    """
    if any(each in words.lower() for each in _NO_REPOSITORY):
        return NotFound(f"could not {doing}: {gist(words)}; check the address, the token and its permissions")
    failure = failure_of(doing, words, asked_remote=True)
    return failure if isinstance(failure, OutsideFailure) else Unavailable(str(failure))


def gist(words: str) -> str:
    """Git's words in one line, without hints and progress, shortened."""
    lines = (line for line in words.splitlines() if line.strip() and not _NOISE.match(line))
    return shortened("; ".join(one_line(line) for line in lines), _WORDS) or "git gave no reason"
