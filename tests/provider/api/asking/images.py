"""Images of two teams, for the tests of what people ask for: a base image, a parent and its child, and others."""

from dataclasses import replace

from catalog.image import Image
from tests.provider.web_images import base, dependency, digest, managed

TEAM_A, TEAM_B = "group:default/team-a", "group:default/team-b"


def _on(name: str, built_on: str, newest: str, pin: str = "") -> object:
    edge = dependency(name, reference=f"docker.io/library/{name}:22{pin}")
    return replace(edge, built_on=digest(built_on), newest=digest(newest))


def asked_images() -> list[Image]:
    """`api` is built from `runtime`, and that and `tool` from `node`; `loose` has no workflow, `lonely` nothing."""
    return [
        base("node"),
        base("unused"),
        managed("runtime", dependencies=(_on("node", "a", "b"),), owner=TEAM_B),
        managed("api", dependencies=(_on("runtime", "c", "c"),), owner=TEAM_A),
        managed("tool", dependencies=(_on("node", "b", "b"),), owner=TEAM_A, by_hand="autoRebuild is off"),
        managed(
            "loose",
            dependencies=(_on("node", "a", "b"),),
            owner=TEAM_A,
            by_hand="the enrollment names no workflow",
            no_build="the enrollment names no workflow",
        ),
        managed("lonely", owner=TEAM_A),
    ]
