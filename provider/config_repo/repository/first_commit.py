"""The files of the first commit in an empty config repository."""

from provider.config_repo.layout import ENROLLMENTS, POLICY, STATE_FOLDER, TEAM_FOLDER
from provider.config_repo.repository.edits import Change, replacing

FIRST_MESSAGE = "Start the config repository\n\n- An empty list of images, and what belongs where\n"

_README = f"""# Container images that Image Factory keeps fresh

| path | what |
|---|---|
| `{ENROLLMENTS}` | the enrolled images, a list; edited by people and by the service |
| `{TEAM_FOLDER}/<team>.yaml` | the same, for teams that keep their own list |
| `{POLICY}` | what the entries of each team's file may do; only admins should be able to push it and `{ENROLLMENTS}` |
| `{STATE_FOLDER}/` | what the service knows of each image; written by the service |

Edit in your own clone and push; `image-factory validate` checks the files first. The service fetches changes itself.
"""

_ENROLLMENTS = """\
# The images that Image Factory rebuilds when their base images change: a list. An entry looks like this:
#
# - name: portal
#   registry: ghcr.io
#   repository: acme/portal
#   source:
#     provider: github
#     repo: acme/portal
#     dockerfile: Dockerfile
#     workflow: build.yml
#   rebuildDelay: 7d
#
# An entry without `source` is only watched.
"""

_POLICY = f"""\
# What the entries of {TEAM_FOLDER}/<team>.yaml may do beyond the defaults. An entry of {ENROLLMENTS}
# may do everything. For example:
#
# own: ["ghcr.io/acme/*"]              # built by the organisation itself: new digests need not age
# rules:
#   - files: {TEAM_FOLDER}/team-a.yaml
#     sources: ["github:acme/team-a-*"]
#     images: ["ghcr.io/acme/team-a/*"]
#     workflows: ["build*.yml"]
#     refs: [main]
#     owners: [group:default/team-a]
"""


def first_changes() -> tuple[Change, ...]:
    """The files of the first commit."""
    return (
        Change("README.md", replacing(_README)),
        Change(ENROLLMENTS, replacing(_ENROLLMENTS)),
        Change(POLICY, replacing(_POLICY)),
    )
