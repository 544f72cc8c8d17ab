"""The controls of tests and the demo over the fake Docker Hub."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.peers.docker_hub.state import Account, HubImage, Repository, State, Tag

USER = "octo"
SECRET = "dckr_pat_testtoken"


class Controls:
    """Every method is safe while requests are answered.

    Attributes:
        state: everything that is known.
    """

    def __init__(self) -> None:
        self.state = State()
        self.add_account(USER, SECRET)

    def add_account(self, name: str, secret: str, namespaces: Sequence[str] = ()) -> None:
        """An account, or a new secret for it; it reads private repositories of its own and of these namespaces."""
        with self.state.lock:
            self.state.accounts[name] = Account(name, secret, frozenset((name, *namespaces)))

    def revoke_bearers(self) -> None:
        """Refuse all existing bearer tokens from now on."""
        with self.state.lock:
            self.state.sessions.clear()

    def add_repository(self, namespace: str, name: str, *, private: bool = False) -> None:
        """A repository without tags."""
        with self.state.lock:
            made = Repository(self.state.new_id(), namespace, name, private, self.state.clock())
            self.state.repositories[namespace, name] = made

    def push_tag(
        self,
        repository: str,
        name: str,
        digest: str | None = None,
        at: datetime | None = None,
        images: Sequence[HubImage] | None = None,
        *,
        status: str = "active",
    ) -> Tag:
        """Push a tag; an existing one is pushed again and keeps its id.

        Args:
            repository: NAMESPACE/NAME.
            name: the tag.
            digest: None for an old tag.
            at: None: now.
            images: None: one for linux/amd64 with the tag's digest.
            status: `inactive`: it was not pulled for a month.
        """
        namespace, _, short = repository.partition("/")
        with self.state.lock:
            tags = self.state.repositories[namespace, short].tags
            number = tags[name].id if name in tags else self.state.new_id()
            pushed = tuple(images) if images is not None else (HubImage(digest=digest),)
            tags[name] = Tag(number, name, digest, at or self.state.clock(), pushed, status)
            return tags[name]

    def push_many(self, repository: str, count: int, newest: datetime) -> None:
        """Push the tags 1.0.0, 1.1.0 and so on, a minute apart; the last one at `newest`."""
        with self.state.lock:
            for number in range(count):
                digest = f"sha256:{hashlib.sha256(f'{repository} {number}'.encode()).hexdigest()}"
                at = newest - timedelta(minutes=count - 1 - number)
                self.push_tag(repository, f"1.{number}.0", digest, at)

    def remove_tag(self, repository: str, name: str) -> None:
        """Remove a tag."""
        namespace, _, short = repository.partition("/")
        with self.state.lock:
            del self.state.repositories[namespace, short].tags[name]
