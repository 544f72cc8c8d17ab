"""Tags of every kind in a real repository, and servers that are not as they should be."""

from tests.peers.exchange import Answer, Request
from tests.peers.git_server import GitServer

ODD_NAMES = ("release/1.0", "größe-2.0", "v1.0.0+build.5", "-option", "v1.0{}", "@", "1.0$(id)", "'\"`;&|")
_WHO = ("-c", "user.name=Peer", "-c", "user.email=peer@example.com")


def fill(server: GitServer, name: str) -> dict[str, str]:
    """Give a repository tags: light, annotated, nested, on a file's content, with odd names; what git says they are."""
    run = server.repositories.run
    commit = server.repositories.commit(name, {"version": "1"})
    run(name, "tag", "v1.0.0", commit)
    run(name, *_WHO, "tag", "-a", "-m", "Annotated", "v1.1.0", commit)
    run(name, *_WHO, "tag", "-a", "-m", "Nested", "v1.2.0", "v1.1.0")
    run(name, *_WHO, "tag", "-a", "-m", "A key", "signing-key", f"{commit}:version")
    for odd in ODD_NAMES:
        run(name, "update-ref", f"refs/tags/{odd}", commit)
    listed = run(name, "for-each-ref", "--format=%(refname:strip=2)", "refs/tags").splitlines()
    return {tag: run(name, "rev-parse", f"refs/tags/{tag}^{{}}") for tag in listed}


class OldServer(GitServer):
    """Knows nothing of protocol v2."""

    def _respond_to(self, request: Request) -> Answer | None:
        del request.headers["Git-Protocol"]
        return super()._respond_to(request)


class MovedServer(GitServer):
    """Has every repository under `/new`, and leads there from everywhere else.

    Attributes:
        origin: where it leads to; itself where that is empty.
    """

    origin = ""

    def _respond_to(self, request: Request) -> Answer | None:
        if request.path.startswith("/new/"):
            here = Request(request.method, request.target.removeprefix("/new"), request.headers, request.body)
            return super()._respond_to(here)
        return Answer(301, b"", (("Location", f"{self.origin}/new{request.target}"),))
