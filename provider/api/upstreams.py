"""What the web part uses to read from GitHub and registries."""

from dataclasses import dataclass

from proxy.github.actions import WorkflowRuns
from proxy.github.face import GitHubFace
from proxy.secrets.redactor import Redactor
from proxy.versions.versions import Versions


@dataclass(frozen=True, slots=True)
class GitHubUpstream:
    """Both use the service's credentials and share one cache."""

    runs: WorkflowRuns
    face: GitHubFace


@dataclass(frozen=True, slots=True)
class RegistryUpstream:
    """`versions` uses the service's credentials; `redactor` checks every answer for secrets before it is sent."""

    versions: Versions
    redactor: Redactor
