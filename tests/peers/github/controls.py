"""The controls of tests and the demo over the fake GitHub."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from tests.peers.github.departures import Departures
from tests.peers.github.hook_state import Attempt, Hook
from tests.peers.github.repository import Release, Repository
from tests.peers.github.reviews import Reviews
from tests.peers.github.runs import Conclusion, Run
from tests.peers.github.state import OwnerType, PackageVersion, State, Token

LOGIN = "octocat"
TOKEN = "ghp_testtoken"
_JOIN_SECONDS = 120.0


class Controls(Departures, Reviews):
    """Every method is safe while requests are answered; repositories go by OWNER/NAME.

    Attributes:
        state: everything that is known.
    """

    def __init__(self) -> None:
        self.state = State(owners={LOGIN: "User"}, tokens={TOKEN: Token(LOGIN)})
        self._builders: list[threading.Thread] = []
        self._builder_failures: list[Exception] = []

    def add_owner(self, login: str, kind: OwnerType) -> None:
        """A user or an organization."""
        with self.state.lock:
            self.state.owners[login] = kind

    def add_token(
        self,
        token: str,
        login: str,
        *,
        can_write: bool = True,
        can_read_packages: bool = True,
        can_manage_hooks: bool = True,
    ) -> None:
        """A further token; `TOKEN` is there from the start and may do anything."""
        with self.state.lock:
            self.state.owners.setdefault(login, "User")
            self.state.tokens[token] = Token(login, can_write, can_read_packages, can_manage_hooks=can_manage_hooks)

    def add_repository(
        self,
        full_name: str,
        files: Mapping[str, str | bytes] | None = None,
        *,
        owner_type: OwnerType = "Organization",
        default_branch: str = "main",
        private: bool = False,
    ) -> Repository:
        """A repository with one commit of these files; workflows are files under `.github/workflows/`."""
        owner, _, name = full_name.partition("/")
        with self.state.lock:
            self.state.owners.setdefault(owner, owner_type)
            repository = Repository(self.state.new_id(), owner, name, default_branch, private, self.state.clock())
            self.state.repositories[full_name.lower()] = repository
            repository.commit(files or {}, "Start", default_branch, self.state.clock())
        return repository

    def commit(
        self,
        full_name: str,
        files: Mapping[str, str | bytes | None],
        *,
        message: str = "Change",
        branch: str | None = None,
    ) -> str:
        """Change files on a branch, a new one too; None removes a file. The new commit's name."""
        with self.state.lock:
            repository = self._repository(full_name)
            target = branch or repository.default_branch
            return repository.commit(files, message, target, self.state.clock()).sha

    def add_hook(self, name: str) -> Hook:
        """A webhook, by OWNER/NAME/ID or ORGANIZATION/ID, or of the App with this id."""
        with self.state.lock:
            hook = self.state.hooks[name.lower()] = Hook()
        return hook

    def attempt(self, hook: Hook, guid: str, status_code: int, *, at: datetime | None = None) -> Attempt:
        """An attempt to deliver an event, answered with this status."""
        with self.state.lock:
            made = Attempt(self.state.new_id(), guid, at or self.state.clock(), status_code)
            hook.attempts.append(made)
        return made

    def add_tag(self, full_name: str, tag: str, ref: str | None = None) -> None:
        """A tag on a ref, by default on the default branch."""
        with self.state.lock:
            repository = self._repository(full_name)
            commit = repository.resolve(ref or repository.default_branch)
            if commit is None:
                raise LookupError(f"{full_name} has no ref {ref}")
            repository.tags[tag] = commit.sha

    def add_release(
        self,
        full_name: str,
        tag: str,
        *,
        name: str | None = None,
        body: str = "",
        published_at: datetime | None = None,
        prerelease: bool = False,
        draft: bool = False,
    ) -> Release:
        """Add a release, and its tag if it is missing."""
        with self.state.lock:
            repository = self._repository(full_name)
            if tag not in repository.tags and not draft:
                self.add_tag(full_name, tag)
            published = published_at or self.state.clock()
            release = Release(self.state.new_id(), tag, name or tag, body, published, prerelease, draft)
            repository.releases.append(release)
        return release

    def add_run(
        self,
        full_name: str,
        workflow: str,
        *,
        event: str = "push",
        ref: str | None = None,
        actor: str = LOGIN,
        title: str | None = None,
        inputs: Mapping[str, str] | None = None,
        created_at: datetime | None = None,
        conclusion: Conclusion | None = None,
    ) -> Run:
        """Add a run without a dispatch: queued, or completed if a conclusion is given.

        Thousands are cheap; lists are ordered by `created_at`.
        """
        with self.state.lock:
            repository = self._repository(full_name)
            return self.state.add_run(
                repository,
                workflow,
                event=event,
                ref=ref or repository.default_branch,
                actor=actor,
                inputs=dict(inputs or {}),
                title=title,
                created_at=created_at,
                conclusion=conclusion,
            )

    def runs(self, full_name: str | None = None) -> list[Run]:
        """All runs, or a repository's, oldest first."""
        with self.state.lock:
            repository = self._repository(full_name) if full_name else None
            return [run for run in self.state.runs.values() if repository is None or run.repository is repository]

    def start(self, run_id: int) -> None:
        """From queued to in progress."""
        with self.state.lock:
            self.state.runs[run_id].start(self.state.clock())

    def finish(self, run_id: int, conclusion: Conclusion) -> None:
        """To completed."""
        with self.state.lock:
            self.state.runs[run_id].finish(conclusion, self.state.clock())

    def on_dispatch(self, build: Callable[[Run], object]) -> None:
        """Call `build` in a thread for every dispatched run, as a runner would.

        It typically starts the run, pushes an image and finishes the run. What it raises, the server's end raises.
        """

        def work(run: Run) -> None:
            try:
                build(run)
            except Exception as error:  # noqa: BLE001 - whatever a build raises belongs to the test that gave it
                self._builder_failures.append(error)

        def dispatched(run: Run) -> None:
            builder = threading.Thread(target=work, args=(run,), daemon=True)
            self._builders.append(builder)
            builder.start()

        with self.state.lock:
            self.state.dispatched = dispatched

    def publish_package(
        self, owner: str, name: str, digest: str, tags: Sequence[str] = (), created_at: datetime | None = None
    ) -> PackageVersion:
        """A manifest in a container package, the newest; older versions lose the tags that it takes."""
        with self.state.lock:
            self.state.owners.setdefault(owner, "Organization")
            now = created_at or self.state.clock()
            versions = self.state.packages.setdefault((owner, name), [])
            for version in versions:
                version.tags = [tag for tag in version.tags if tag not in tags]
            version = PackageVersion(self.state.new_id(), digest, list(tags), now, now)
            versions.append(version)
        return version

    def _await_builders(self) -> None:
        for builder in self._builders:
            builder.join(_JOIN_SECONDS)
