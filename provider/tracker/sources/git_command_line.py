"""Tags of a git repository by git itself: for ssh, for servers that only it understands, and for dates."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from provider.git.command import GitCommand
from provider.git.failures import source_failure_of
from provider.git.judged_host import judged
from provider.git.network import GitNetwork
from provider.git.temporary_repository import temporary_repository
from provider.tracker.sources.git_refs import RemoteTag, tags_listed
from proxy.deadline import Deadline
from proxy.http.addresses import AddressPolicy
from proxy.secrets.secret import Secret

NETWORK_SECONDS = 60.0
# One command of a call connects to the server; all together have twice its time.
_WHOLE = 2
# No history, no folders, no files: commits and annotated tags are all that a date needs.
_FETCH = ("fetch", "-q", "--depth=1", "--filter=tree:0", "--no-tags", "--no-write-fetch-head")


class GitCommandLine:
    """Runs git, which connects to the addresses that the policy judged and to no other. Safe for threads.

    Args:
        policy: which hosts may be asked.
        network: the proxy and the certificates of git.
        network_seconds: how long one command may speak with the server.
    """

    def __init__(self, policy: AddressPolicy, network: GitNetwork, *, network_seconds: float = NETWORK_SECONDS) -> None:
        self._policy = policy
        self._network = network
        self._network_seconds = network_seconds

    def tags(self, text: str, token: Secret | None) -> tuple[RemoteTag, ...]:
        """All tags, by name.

        Args:
            text: https, ssh or `git@host:path`; http for hosts that the policy lists.
            token: for http and https.

        Raises:
            NotFound, Refused, Unavailable: see the port.
        """
        with self._opened(text, token) as (git, address):
            answer = git.ask_remote("ls-remote", "--quiet", "--tags", "--", address)
        if answer.status != 0:
            raise source_failure_of(f"list the tags of {address}", answer.stderr, git.login)
        return tags_listed(answer.output)

    def dates(self, text: str, token: Secret | None, tags: Sequence[str]) -> Mapping[str, datetime]:
        """When these tags were made: an annotated one's own date, else its commit's. Those that have none are left out.

        Fetches the tags and their commits alone, into a folder that is gone afterwards.

        Args:
            text: of a server that filters; another one would send all files.
            token: as for `tags`.
            tags: names.

        Raises:
            NotFound, Refused, Unavailable: see the port.
        """
        doing = f"fetch tags of {text}"
        wanted = (f"refs/tags/{tag}:refs/tags/{tag}" for tag in tags)
        with self._opened(text, token) as (git, address):
            git.run("init", "-q", "--bare", "--template=", ".", doing=doing)
            fetched = git.ask_remote(*_FETCH, "--", address, *wanted)
            if fetched.status != 0:
                raise source_failure_of(doing, fetched.stderr, git.login)
            listed = git.run(
                "for-each-ref", "--format=%(creatordate:unix) %(refname:strip=2)", "refs/tags", doing=doing
            )
        return dict(_dated(listed))

    @contextlib.contextmanager
    def _opened(self, text: str, token: Secret | None) -> Iterator[tuple[GitCommand, str]]:
        """Git in an empty folder, and the address as it is given to git."""
        place = judged(text, self._policy)
        deadline = Deadline.after(_WHOLE * self._network_seconds)
        with temporary_repository(
            place, token, self._network, network_seconds=self._network_seconds, deadline=deadline
        ) as git:
            yield git, place.address.text


def _dated(listed: str) -> Iterator[tuple[str, datetime]]:
    for line in listed.splitlines():
        seconds, _, tag = line.partition(" ")
        with contextlib.suppress(ValueError, OverflowError, OSError):
            yield tag, datetime.fromtimestamp(int(seconds), UTC)
