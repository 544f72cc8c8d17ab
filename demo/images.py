"""The images of the demo.

It enrolls three, one of them with several stages and one built from another, and leaves one to whoever tries it.
"""

from collections.abc import Iterable, Mapping

WORKFLOW = """\
name: Build
run-name: Build ${{ inputs.image_factory_rebuild_id }}
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {description: The id of the rebuild, required: false}
      image_factory_reason: {description: The reason of the rebuild, required: false}
      image_factory_base_images: {description: The base images with the digests to build from, required: false}
jobs:
  build:
    uses: acme/image-factory-ci/.github/workflows/build.yml@v1
    with: {image: "ghcr.io/${{ github.repository }}:latest"}
"""

BASE = "FROM node:22\nRUN npm config set fund false\n"

PORTAL = """\
# syntax=docker/dockerfile:1
ARG NODE=22
FROM node:${{NODE}} AS build
RUN --mount=type=bind,from=busybox:1.36,target=/tools true
FROM {registry}/acme/base:latest
COPY --from=build /app /app
"""

API = 'FROM debian:12\nCMD ["/api"]\n'

NAMES = ("base", "portal", "api")
"""The images, in the order of images.yaml."""

SPARE = "web"
"""The image that the demo does not enroll."""

WEB = 'FROM node:22\nCMD ["node", "web.js"]\n'

FINAL = {
    "acme/base": "library/node",
    "acme/portal": "acme/base",
    "acme/api": "library/debian",
    f"acme/{SPARE}": "library/node",
}
"""The repository of the image that each image's last stage is built from."""


def sources(registry: str) -> dict[str, str]:
    """The Dockerfile of each source repository."""
    return {"acme/base": BASE, "acme/portal": PORTAL.format(registry=registry), "acme/api": API}


def enrollments(registry: str, delay: str, names: Iterable[str] = NAMES) -> str:
    """The text of images.yaml with these images."""
    entries = (written(name, registry, delay) for name in names)
    return "# The enrolled images. Comments in this file are kept.\n" + "\n".join(entries)


def written(name: str, registry: str, delay: str) -> str:
    """The entry of an image in images.yaml."""
    return (
        f"- name: {name}\n"
        f"  registry: {registry}\n"
        f"  repository: acme/{name}\n"
        f"  rebuildDelay: {delay}\n"
        f"  owner: group:default/platform\n"
        f"  source: {{provider: github, repo: acme/{name}, branch: main, workflow: build.yml}}\n"
    )


def entry(name: str, registry: str, delay: str) -> Mapping[str, object]:
    """The entry of an image for the API, with the keys of images.yaml."""
    return {
        "name": name,
        "registry": registry,
        "repository": f"acme/{name}",
        "rebuildDelay": delay,
        "owner": "group:default/platform",
        "source": {"provider": "github", "repo": f"acme/{name}", "branch": "main", "workflow": "build.yml"},
    }
