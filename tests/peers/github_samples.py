"""A repository with workflows for the fake GitHub, and plain requests to it."""

import requests

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub

NAME = "acme/portal"
BUILD = """name: Build
run-name: Build ${{ inputs.image_factory_rebuild_id }}
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {required: true}
      image_factory_reason: {default: none given}
"""
FILES = {
    ".github/workflows/build.yml": BUILD,
    ".github/workflows/lint.yml": "name: Lint\non: push\n",
    "app/Dockerfile": "FROM debian:12\n",
    "README.md": "# Portal\n",
}
INPUTS = {"image_factory_rebuild_id": "r-1"}


def get(github: GitHub, path: str, **headers: str) -> requests.Response:
    """A plain GET with the token."""
    headers = {"Authorization": f"Bearer {TOKEN}"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"{github.url}{path}", headers=headers, timeout=10)


def dispatch(github: GitHub, body: object, token: str | None = TOKEN, workflow: str = "build.yml") -> requests.Response:
    """A plain dispatch."""
    headers = {"Authorization": f"token {token}"} if token else {}
    address = f"{github.url}/repos/{NAME}/actions/workflows/{workflow}/dispatches"
    return requests.post(address, json=body, headers=headers, timeout=10)
