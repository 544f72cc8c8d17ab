"""What the demo enrolls: three images, one in stages, one that stands on another managed one."""

WORKFLOW = """\
name: Build
run-name: Build ${{ inputs.image_factory_rebuild_id }}
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {description: Which rebuild this is, required: false}
      image_factory_reason: {description: Why, required: false}
      image_factory_base_images: {description: Bases with the digests to build on, required: false}
jobs: {}
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


def sources(registry: str) -> dict[str, str]:
    """Each source repository with its Dockerfile."""
    return {"acme/base": BASE, "acme/portal": PORTAL.format(registry=registry), "acme/api": API}


def enrollments(registry: str, delay: str) -> str:
    """images.yaml for them."""
    entries = [
        f"- name: {name}\n"
        f"  registry: {registry}\n"
        f"  repository: acme/{name}\n"
        f"  rebuildDelay: {delay}\n"
        f"  owner: group:default/platform\n"
        f"  source: {{provider: github, repo: acme/{name}, branch: main, workflow: build.yml}}\n"
        for name in ("base", "portal", "api")
    ]
    return "# Who is enrolled. A comment of a person's stays where it is.\n" + "\n".join(entries)
