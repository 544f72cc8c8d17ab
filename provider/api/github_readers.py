"""What the web part reads from GitHub by."""

from dataclasses import dataclass

from proxy.github.actions import WorkflowRuns
from proxy.github.face import GitHubFace


@dataclass(frozen=True, slots=True)
class GitHubReaders:
    """Both ask with the service's credentials and share what they keep."""

    runs: WorkflowRuns
    face: GitHubFace
