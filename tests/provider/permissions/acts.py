"""Every act that changes something, and some that read: how it is sent. `{...}` is filled in for each request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_CSV = "name,url\ntool,https://github.com/acme/imported-{number}\n"
_WHY = {"reason": "the certificates expired"}
_DIGEST = f"sha256:{'a' * 64}"
_ENTRY = {"registry": "{registry}", "owner": "group:default/team-a"}
_FIELDS = {
    "registry": "{registry}",
    "repository": "acme/page-{number}",
    "owner": "group:default/team-a",
    "file": "images.d/team-a.yaml",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One request.

    Attributes:
        json: the body; None: there is none.
        form: the fields of a form of a page; None: it is no form. The CSRF token is added.
        upload: the text of the file that the form has, as CSV; empty: it has none.
    """

    method: str
    path: str
    json: Mapping[str, object] | None = None
    form: Mapping[str, str] | None = field(default=None, kw_only=True)
    upload: str = field(default="", kw_only=True)


def _of(method: str, path: str, body: Mapping[str, object] | None = None) -> Act:
    return Act(method, f"/api/v1/images/{path}", body)


def _form(path: str, upload: str = "", **fields: str) -> Act:
    return Act("POST", path, form=fields, upload=upload)


ACTS: Mapping[str, Act] = {
    "read an image": _of("GET", "app"),
    "read who the caller is": Act("GET", "/api/v1/whoami"),
    "read the audit": Act("GET", "/api/v1/audit"),
    "check an image": Act("POST", "/api/v1/checks", {"names": ["app"]}),
    "check an image of a file without a rule": Act("POST", "/api/v1/checks", {"names": ["claimed"]}),
    "check everything": Act("POST", "/api/v1/checks", {"names": []}),
    "check an image, on its page": _form("/images/app/checks"),
    "check an image of a file without a rule, on its page": _form("/images/claimed/checks"),
    "check everything, on its page": _form("/checks"),
    "rebuild": _of("POST", "app/rebuilds", _WHY),
    "rebuild an image of a file without a rule": _of("POST", "claimed/rebuilds", _WHY),
    "emergency rebuild": _of("POST", "app/rebuilds", {**_WHY, "emergency": True}),
    "emergency rebuild for two teams": _of("POST", "node/rebuilds", {**_WHY, "emergency": True}),
    "hold": _of("POST", "app/hold", _WHY),
    "release a hold": _of("DELETE", "app/hold"),
    "skip a digest": _of("POST", "app/skips", {**_WHY, "digest": _DIGEST}),
    "use a skipped digest again": _of("DELETE", "app/skips", {"digest": _DIGEST}),
    "rebuild, on its page": _form("/images/app/ask/rebuild", reason="why"),
    "emergency rebuild, on its page": _form("/images/app/ask/emergency", reason="why"),
    "emergency rebuild for two teams, on its page": _form("/images/node/ask/emergency", reason="why"),
    "hold, on its page": _form("/images/app/ask/hold", reason="why"),
    "release a hold, on its page": _form("/images/app/ask/release"),
    "skip a digest, on its page": _form("/images/app/ask/skip", reason="why", digest=_DIGEST),
    "use a skipped digest again, on its page": _form("/images/app/ask/unskip", digest=_DIGEST),
    "try an enrollment": Act(
        "POST",
        "/api/v1/images?dryRun=true",
        {**_ENTRY, "name": "tried", "repository": "acme/tried", "file": "images.d/team-a.yaml"},
    ),
    "enroll, in the team's file": Act(
        "POST",
        "/api/v1/images?wait=0",
        {**_ENTRY, "name": "team-{number}", "repository": "acme/team-{number}", "file": "images.d/team-a.yaml"},
    ),
    "enroll, in images.yaml": Act(
        "POST",
        "/api/v1/images?wait=0",
        {**_ENTRY, "name": "all-{number}", "repository": "acme/all-{number}", "file": "images.yaml"},
    ),
    "change an enrollment": _of("PUT", "app", {**_ENTRY, "repository": "acme/app", "title": "Title {number}"}),
    "remove an enrollment": _of("DELETE", "old-{number}"),
    "try an enrollment, on its page": _form("/images/new", step="check", name="tried", **_FIELDS),
    "enroll, in the team's file, on its page": _form(
        "/images/new", step="commit", key="{key}", name="page-{number}", **_FIELDS
    ),
    "change an enrollment, on its page": _form(
        "/images/app/edit",
        step="commit",
        key="{key}",
        seen="{seen}",
        **{**_FIELDS, "repository": "acme/app"},
        name="app",
        title="Title {number} of a page",
    ),
    "remove an enrollment, on its page": _form("/images/spare-{number}/remove", key="{key}", seen="{seen}"),
    "allow removals": Act("POST", "/api/v1/removals", {**_WHY, "file": "images.d/team-b.yaml", "count": 8}),
    "allow removals, on their page": _form("/images/removals", file="images.d/team-b.yaml", count="8", **_WHY),
    "re-run a build": _of("POST", "app/runs/{run}/rerun", {"failedOnly": True}),
    "re-run a build, as GitHub's API": Act("POST", "/proxy/github/repos/acme/portal/actions/runs/{run}/rerun"),
    "re-run a build, on its page": _form("/images/app/runs/{run}/rerun"),
    "put a file, as GitHub's API": Act("PUT", "/proxy/github/repos/acme/portal/contents/Dockerfile", {}),
    "change a repository, as GitHub's API": Act("PATCH", "/proxy/github/repos/acme/portal", {}),
    "delete a repository, as GitHub's API": Act("DELETE", "/proxy/github/repos/acme/portal"),
    "track a repository": Act("POST", "/api/v1/repositories", {"url": "https://github.com/acme/tool-{number}"}),
    "change a tracked repository": Act(
        "PUT", "/api/v1/repositories/{repository}", {"url": "{url}", "version": "{version}", "notes": "ours"}
    ),
    "stop tracking a repository": Act("DELETE", "/api/v1/repositories/{repository}"),
    "poll a repository": Act("POST", "/api/v1/repositories/{repository}/poll", {}),
    "add a release": Act("POST", "/api/v1/repositories/{repository}/releases", {"version": "1.0.0"}),
    "change a release": Act("PUT", "/api/v1/repositories/{repository}/releases/{release}", {"version": "1.0.1"}),
    "remove a release": Act("DELETE", "/api/v1/repositories/{repository}/releases/{release}"),
    "skip a release": Act("POST", "/api/v1/repositories/{repository}/releases/{release}/skip", _WHY),
    "do not skip a release": Act("DELETE", "/api/v1/repositories/{repository}/releases/{release}/skip"),
    "acknowledge a release": Act("POST", "/api/v1/repositories/{repository}/releases/{release}/acknowledge", {}),
    "import repositories": Act("POST", "/api/v1/repositories/import", {"format": "csv", "text": _CSV}),
    "import from an owner at GitHub": Act("POST", "/api/v1/repositories/import/owner", {"owner": "acme"}),
    "track a repository, on its page": _form(
        "/repositories/new",
        step="save",
        url="https://github.com/acme/tool-{number}",
        type="github",
        name="tool",
        tag_form="any",
    ),
    "change a tracked repository, on its page": _form(
        "/repositories/{repository}/edit", url="{url}", type="github", name="tool", tag_form="any", version="{version}"
    ),
    "stop tracking a repository, on its page": _form("/repositories/{repository}/delete"),
    "poll a repository, on its page": _form("/repositories/{repository}/poll"),
    "add a release, on its page": _form("/repositories/{repository}/releases/new", version="1.0.0"),
    "change a release, on its page": _form("/repositories/{repository}/releases/{release}/edit", version="1.0.1"),
    "remove a release, on its page": _form("/repositories/{repository}/releases/{release}/delete"),
    "skip a release, on its page": _form("/repositories/{repository}/releases/{release}/skip", **_WHY),
    "do not skip a release, on its page": _form("/repositories/{repository}/releases/{release}/unskip"),
    "acknowledge a release, on its page": _form("/repositories/{repository}/releases/{release}/acknowledge"),
    "say which version is deployed, on its page": _form(
        "/repositories/{repository}/releases/{release}/deploy", version="{version}"
    ),
    "import repositories, on their page": _form("/repositories/transfer", upload=_CSV),
    "import a list of addresses, on their page": _form(
        "/repositories/transfer/list", addresses="https://github.com/acme/listed-{number}"
    ),
    "import from an owner at GitHub, on its page": _form(
        "/repositories/transfer/owner", owner="acme", list="repositories", chosen="1", repository="acme/owned-{number}"
    ),
    "sign in": _form("/login", token="{token}"),
    "offer a token, on a page of Backstage": _form("/login/backstage", token="{user_token}"),
    "continue from Backstage": _form("/login/backstage/continue", token="{user_token}"),
    "sign out": _form("/logout"),
}
