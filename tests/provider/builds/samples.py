"""Sample requests, and a repository with workflows that declare different inputs."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from catalog.reference import Digest, ImageReference
from provider.domain.build_request import BuildRequest
from provider.domain.enrollment import Build, Source
from provider.domain.policy.authority import ADMINS
from provider.domain.state import Target

REPOSITORY = "acme/portal"
NOW = datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
DIGEST = Digest("sha256:" + "b" * 64)
TARGET = Target("node-22", "node:22", ImageReference("docker.io", "library/node", "22"), DIGEST, cause=True)

_WHOLE = """name: Build
run-name: Build ${{ inputs.image_factory_rebuild_id }}
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {required: true}
      image_factory_reason: {default: none given}
      image_factory_base_images: {required: false}
"""
WORKFLOWS = {
    ".github/workflows/build.yml": _WHOLE,
    ".github/workflows/plain.yml": "name: Plain\non: workflow_dispatch\n",
    ".github/workflows/lint.yml": "name: Lint\non: push\n",
    ".github/workflows/demanding.yml": "on: {workflow_dispatch: {inputs: {version: {required: true}}}}\n",
}


def request(rebuild_id: str = "r-1", workflow: str = "build.yml", **changes: Any) -> BuildRequest:
    """A request for a workflow of the repository."""
    asked = BuildRequest(
        rebuild_id=rebuild_id,
        image="portal",
        reference="ghcr.io/acme/portal:latest",
        source=Source("github", REPOSITORY),
        build=Build("github-actions", workflow=workflow),
        reason="node:22 has aged 7 days",
        targets=(TARGET,),
        requested_at=NOW,
        file="images.yaml",
        authority=ADMINS,
    )
    return replace(asked, **changes)
