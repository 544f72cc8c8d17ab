"""Removing and renaming owners, repositories and packages at the fake GitHub."""

from tests.peers.github.repository import Repository
from tests.peers.github.state import State


class Departures:
    """The controls that take away; repositories go by OWNER/NAME, and unknown ones raise KeyError."""

    state: State

    def remove_repository(self, full_name: str) -> None:
        """From now on it is 404, with its runs; packages stay, as they belong to the owner."""
        with self.state.lock:
            gone = self._repository(full_name)
            del self.state.repositories[full_name.lower()]
            self.state.runs = {number: run for number, run in self.state.runs.items() if run.repository is not gone}

    def remove_package(self, owner: str, name: str) -> None:
        """From now on it is 404."""
        with self.state.lock:
            del self.state.packages[owner, name]

    def remove_owner(self, login: str) -> None:
        """From now on a user or organization is 404, with repositories, runs and packages."""
        with self.state.lock:
            del self.state.owners[login]
            for repository in list(self.state.repositories.values()):
                if repository.owner == login:
                    self.remove_repository(repository.full_name)
            self.state.packages = {key: kept for key, kept in self.state.packages.items() if key[0] != login}

    def rename_repository(self, full_name: str, new_full_name: str) -> None:
        """Another name, under an owner that is there; the old one redirects until another repository takes it.

        Source: docs "Renaming a repository".
        """
        owner, _, name = new_full_name.partition("/")
        with self.state.lock:
            if owner not in self.state.owners:
                raise LookupError(f"there is no owner {owner} to rename {full_name} to {new_full_name}")
            repository = self._repository(full_name)
            del self.state.repositories[full_name.lower()]
            repository.owner, repository.name = owner, name
            self.state.repositories[new_full_name.lower()] = repository
            self.state.moved[full_name.lower()] = repository.id

    def _repository(self, full_name: str) -> Repository:
        return self.state.repositories[full_name.lower()]
