"""Container packages: GitHub's view of what ghcr.io holds."""

from collections.abc import Mapping

from tests.peers.exchange import Answer, json_answer
from tests.peers.github.call import Call, Perform, Refused, paged
from tests.peers.github.state import OwnerType, PackageVersion


def _owner(call: Call) -> tuple[str, OwnerType]:
    """The owner of the requested packages; the organizations' address is not valid for users.

    Raises:
        Refused: there is no such owner there, or the token may not read packages.
    """
    token = call.require_token()
    if not token.can_read_packages:
        raise Refused(403, "You need at least read:packages scope to list packages.")
    login = call.parameters.get("org") or call.parameters.get("username") or token.login
    kind = call.state.owners.get(login)
    if kind is None or ("org" in call.parameters and kind != "Organization"):
        raise Refused(404, "Not Found")
    return login, kind


def _versions(call: Call, owner: str) -> list[PackageVersion]:
    versions = call.state.packages.get((owner, call.parameters["package_name"]))
    if versions is None or call.parameters["package_type"] != "container":
        raise Refused(404, "Package not found.")
    return versions


def list_packages(call: Call) -> Answer:
    """GET .../packages."""
    owner, kind = _owner(call)
    names = sorted(name for login, name in call.state.packages if login == owner)
    wanted = names if call.query.get("package_type") == "container" else []
    return paged(
        call, wanted, document=lambda name: call.documents.package(owner, kind, name, call.state.packages[owner, name])
    )


def get_package(call: Call) -> Answer:
    """GET .../packages/container/NAME."""
    owner, kind = _owner(call)
    versions = _versions(call, owner)
    return json_answer(200, call.documents.package(owner, kind, call.parameters["package_name"], versions))


def list_versions(call: Call) -> Answer:
    """GET .../packages/container/NAME/versions, newest first."""
    owner, kind = _owner(call)
    name, versions = call.parameters["package_name"], _versions(call, owner)
    return paged(
        call, versions[::-1], document=lambda version: call.documents.package_version(owner, kind, name, version)
    )


def get_version(call: Call) -> Answer:
    """GET .../packages/container/NAME/versions/ID."""
    owner, kind = _owner(call)
    wanted = call.parameters["package_version_id"]
    for version in _versions(call, owner):
        if str(version.id) == wanted:
            name = call.parameters["package_name"]
            return json_answer(200, call.documents.package_version(owner, kind, name, version))
    raise Refused(404, "Package not found.")


PACKAGES: Mapping[str, Perform] = {
    "packages/list-packages-for-organization": list_packages,
    "packages/list-packages-for-user": list_packages,
    "packages/list-packages-for-authenticated-user": list_packages,
    "packages/get-package-for-organization": get_package,
    "packages/get-package-for-user": get_package,
    "packages/get-all-package-versions-for-package-owned-by-org": list_versions,
    "packages/get-all-package-versions-for-package-owned-by-user": list_versions,
    "packages/get-all-package-versions-for-package-owned-by-authenticated-user": list_versions,
    "packages/get-package-version-for-organization": get_version,
    "packages/get-package-version-for-user": get_version,
}
