"""What git's error output means: a lost race, a refusal, an outage, a full disk, a broken repository. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from provider.errors import CheckoutUnwritable, ProviderError, RepositoryBroken
from provider.git.texts import one_line, shortened
from proxy.errors import NoSuchRepository, OutsideFailure, Refused, Unavailable

_LONGEST = 600
_CHECK = "check the address, and that the token or the SSH key has access to the repository"
_SERVERS = re.compile(r"remote:|error: remote unpack failed")
_NOISE = re.compile(r"^(hint:|To |Done$|warning:|remote: (Counting|Compressing|Enumerating|Resolving|Total))")


class Push(Enum):
    """How a push of one branch ended."""

    ACCEPTED = auto()
    RACED = auto()
    REFUSED = auto()
    UNANSWERED = auto()


# The server's branch moved before or while the server processed our push: builtin/push.c and builtin/receive-pack.c.
_RACED = re.compile(
    r"\[rejected\] \((fetch first|non-fast-forward|stale info)\)"
    r"|\[remote rejected\] \((failed to update ref|incorrect old value provided|cannot lock ref"
    r"|reference already exists)"
)
_REJECTED = re.compile(r"^!\t[^\t]*\t(?P<summary>\[(remote )?rejected\].*)$", re.MULTILINE)

# git asks for a user name after an answer 401, whether or not it sent a token.
_UNAUTHENTICATED = re.compile(
    r"Authentication failed|could not read (Username|Password)|returned error: 401", re.IGNORECASE
)
_REFUSED = re.compile(
    r"Permission denied \(|returned error: (403|404|30\d)"
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

# In lower case: how git, GitHub and others report a repository that does not exist.
_NO_REPOSITORY = ("not found", "returned error: 404", "does not appear to be a git repository")


@dataclass(frozen=True, slots=True)
class GitLogin:
    """The token that git sends to a server, for error messages.

    Attributes:
        sends_token: git sends a token.
        settings: the settings that the token is read from, as a message names them.
    """

    sends_token: bool
    settings: str

    @property
    def refusal(self) -> str:
        """Why the server refused, and what to do."""
        if self.sends_token:
            return f"the server refused the token; set a valid one that has access to this repository: {self.settings}"
        return f"the server needs a token: {self.settings}"


NO_TOKEN = GitLogin(sends_token=False, settings="set one for this server")


def push_outcome(status: int, report: str) -> Push:
    """The outcome of `git push --porcelain` for one branch, from its exit status and output."""
    if status == 0:
        return Push.ACCEPTED
    rejected = _REJECTED.search(report)
    # An unpacker error is a problem of the server's disk or memory, which may be temporary.
    if rejected is None or "unpacker error" in rejected["summary"]:
        return Push.UNANSWERED
    return Push.RACED if _RACED.match(rejected["summary"]) else Push.REFUSED


def rejection(report: str) -> str:
    """The reason in a push's report, such as `[remote rejected] (protected branch hook declined)`."""
    rejected = _REJECTED.search(report)
    return rejected["summary"] if rejected else ""


def failure_of(
    doing: str, stderr: str, *, asked_remote: bool, login: GitLogin = NO_TOKEN
) -> OutsideFailure | ProviderError:
    """The error for a git command that failed.

    Args:
        doing: the operation, for the message: "fetch main from https://...".
        stderr: git's standard error, without secrets.
        asked_remote: the command connected to the server; a failure for an unknown reason may then be temporary.
        login: the token that git sent.
    """
    reason = gist(stderr)
    # The server's messages about its own disk look like local ones: they follow "remote:" or "remote unpack failed:".
    local = "\n".join(line for line in stderr.splitlines() if not _SERVERS.match(line))
    refused = _UNAUTHENTICATED.search(stderr) or _REFUSED.search(stderr)
    if _DISK.search(local) and not refused:
        return CheckoutUnwritable(
            f"could not {doing}: {reason}; free space on the disk of this machine, or allow this process to write there"
        )
    if asked_remote and _UNAUTHENTICATED.search(stderr):
        return Refused(f"could not {doing}: {login.refusal}")
    if asked_remote and refused:
        return Refused(f"could not {doing}: {reason}; {_CHECK}")
    if asked_remote and not _BROKEN.search(local):
        return Unavailable(f"could not {doing}: {reason}")
    return RepositoryBroken(f"could not {doing}: {reason}")


def source_failure_of(doing: str, stderr: str, login: GitLogin = NO_TOKEN) -> OutsideFailure:
    """The error for a git command that failed on a source repository; a failure of this machine counts as temporary.

    Args:
        doing: as for `failure_of`.
        stderr: as for `failure_of`.
        login: as for `failure_of`.
    """
    if any(each in stderr.lower() for each in _NO_REPOSITORY):
        return NoSuchRepository(f"could not {doing}: {gist(stderr)}; {_CHECK}")
    failure = failure_of(doing, stderr, asked_remote=True, login=login)
    return failure if isinstance(failure, OutsideFailure) else Unavailable(str(failure))


def gist(stderr: str) -> str:
    """Git's error output in one line, without hints and progress, shortened."""
    lines = (line for line in stderr.splitlines() if line.strip() and not _NOISE.match(line))
    return shortened("; ".join(one_line(line) for line in lines), _LONGEST) or "git gave no reason"
