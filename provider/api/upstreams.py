"""What the web part reads from the outside by."""

from dataclasses import dataclass

from proxy.github.actions import WorkflowRuns
from proxy.github.face import GitHubFace
from proxy.secrets.redactor import Redactor
from proxy.versions.versions import Versions


@dataclass(frozen=True, slots=True)
class GitHubUpstream:
    """Both ask with the service's credentials and share what they keep."""

    runs: WorkflowRuns
    face: GitHubFace


@dataclass(frozen=True, slots=True)
class RegistryUpstream:
    """Versions ask with the service's credentials; `redactor` checks every answer before it leaves."""

    versions: Versions
    redactor: Redactor
