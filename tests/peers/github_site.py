"""GitHub's API and its git on one address, as at an Enterprise Server."""

from tests.peers.exchange import Answer, Request
from tests.peers.git_server import GitServer
from tests.peers.github.server import GitHub
from tests.peers.loopback import LoopbackServer

NAME = "acme/config"


class GitHubSite(LoopbackServer):
    """The fake GitHub and the git server; before each request to the API, its branches are those of git."""

    def __init__(self, github: GitHub, git: GitServer) -> None:
        super().__init__(self._respond_to)
        self.github, self.git = github, git

    def push(self, text: str) -> str:
        """A person pushes images.yaml; returns the commit."""
        self.git.repositories.commit(NAME, {"images.yaml": text})
        return self.git.repositories.run(NAME, "rev-parse", "main")

    def _respond_to(self, request: Request) -> Answer | None:
        if ".git" in request.path:
            return self.git._respond_to(request)
        self._follow()
        return self.github._respond_to(request)

    def _follow(self) -> None:
        with self.github.state.lock:
            repository = self.github.state.repositories[NAME]
            template = next(iter(repository.commits.values()))
            for sha in self.git.repositories.run(NAME, "rev-list", "--all").split():
                repository.commits.setdefault(sha, template)
            listed = self.git.repositories.run(
                NAME, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads"
            )
            repository.branches = dict(line.rsplit(" ", 1) for line in listed.splitlines())
