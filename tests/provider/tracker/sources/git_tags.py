"""Tags of every kind in a real repository, and git servers with unusual behaviour."""

from tests.peers.exchange import Answer, Request
from tests.peers.git_server import GitServer

ODD_NAMES = ("release/1.0", "größe-2.0", "v1.0.0+build.5", "-option", "v1.0{}", "@", "1.0$(id)", "'\"`;&|")
_WHO = ("-c", "user.name=Peer", "-c", "user.email=peer@example.com")


def fill(server: GitServer, name: str) -> dict[str, str]:
    """Create lightweight, annotated, nested and unusual tags; return the tags as git lists them."""
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
    """A server without protocol version 2."""

    def _respond_to(self, request: Request) -> Answer | None:
        del request.headers["Git-Protocol"]
        return super()._respond_to(request)


class MovedServer(GitServer):
    """A server that redirects every request to the path `/new`.

    Attributes:
        origin: the host of the new address; empty: the same server.
    """

    origin = ""

    def _respond_to(self, request: Request) -> Answer | None:
        if request.path.startswith("/new/"):
            here = Request(request.method, request.target.removeprefix("/new"), request.headers, request.body)
            return super()._respond_to(here)
        return Answer(301, b"", (("Location", f"{self.origin}/new{request.target}"),))
