"""Files and folders of a repository at a commit."""

import base64
from collections.abc import Mapping
from typing import Any

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.call import Call, Perform, Refused
from tests.peers.github.repository import Commit, Repository, git_hash


def get_contents(call: Call) -> Answer:
    """GET .../contents/PATH: a file as JSON or raw, a folder as a list."""
    repository, path = call.repository, call.parameters["path"].rstrip("/")
    commit = repository.resolve(call.query.get("ref", repository.default_branch))
    if commit is None:
        raise Refused(404, f"No commit found for the ref {call.query.get('ref')}")
    if path not in commit.files:
        return _folder(call, repository, commit, path)
    content = commit.files[path]
    if ".raw" in call.accept:
        return Answer(200, content, (("Content-Type", "application/vnd.github.raw+json; charset=utf-8"),))
    document = _entry(call, repository, path, content)
    encoded = base64.encodebytes(content).decode()
    return json_answer(200, document | {"encoding": "base64", "content": encoded})


def _folder(call: Call, repository: Repository, commit: Commit, path: str) -> Answer:
    inside = [each.removeprefix(f"{path}/") for each in commit.files if each.startswith(f"{path}/")]
    if not inside:
        raise Refused(404, "Not Found")
    names = sorted({each.partition("/")[0] for each in inside})
    paths = [f"{path}/{name}" for name in names]
    return json_answer(200, [_entry(call, repository, each, commit.files.get(each)) for each in paths])


def _entry(call: Call, repository: Repository, path: str, content: bytes | None) -> dict[str, Any]:
    """What a file (or a folder, without content) is listed as."""
    kind, git_kind = ("file", "blob") if content is not None else ("dir", "tree")
    sha = git_hash(git_kind, content if content is not None else path.encode())
    ref = call.query.get("ref", repository.default_branch)
    api = f"{call.documents.base}/repos/{repository.full_name}"
    links = {
        "self": f"{api}/contents/{path}?ref={ref}",
        "git": f"{api}/git/{git_kind}s/{sha}",
        "html": f"{call.documents.web}/{repository.full_name}/{git_kind}/{ref}/{path}",
    }
    return {
        "type": kind,
        "size": len(content or b""),
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": links["self"],
        "git_url": links["git"],
        "html_url": links["html"],
        "download_url": None,
        "_links": links,
    }


CONTENTS: Mapping[str, Perform] = {"repos/get-content": get_contents}
