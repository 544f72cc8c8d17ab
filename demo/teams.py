"""What the platform team may enroll by itself, in the worlds with a Backstage."""

TEAM_FILE = "images.d/platform.yaml"
POLICY = """\
rules:
  - files: images.d/platform.yaml
    owners: [group:default/platform]
    images: ["{host}/acme/*"]
    sources: ["github:acme/*"]
    workflows: ["*.yml"]
    refs: [main]
"""
