"""Dockerfiles as people write them, with the images that BuildKit pulls for them.

The expectations are BuildKit's own: its frontend (commit 73ed6825) read each file, and its resolver noted the images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from provider.domain.dockerfile import Discovery, discover

DIGEST = "sha256:" + "b" * 64


@dataclass(frozen=True, slots=True)
class Case:
    """A file, how it is built, and what BuildKit pulls: each image in full with its platform."""

    name: str
    text: str
    pulled: Sequence[str]
    platform: str = "linux/amd64"
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    contexts: Mapping[str, str] = field(default_factory=dict)

    def discovered(self) -> Discovery:
        """What is found in the file."""
        return discover(
            self.text,
            build_args=self.build_args,
            target=self.target,
            platforms=[self.platform],
            contexts=self.contexts,
        )


PULLED = [
    Case(
        "a cross-compiled go program",
        "FROM --platform=$BUILDPLATFORM golang:1.24 AS build\nARG TARGETOS TARGETARCH\n"
        "RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app\nFROM gcr.io/distroless/static\n"
        "COPY --from=build /app /app",
        ["docker.io/library/golang:1.24 linux/amd64", "gcr.io/distroless/static:latest linux/arm64"],
        platform="linux/arm64",
    ),
    Case(
        "a builder of a fixed platform",
        "FROM --platform=linux/amd64 golang:1 AS build\nFROM node:22\nCOPY --from=build /a /a",
        ["docker.io/library/golang:1 linux/amd64", "docker.io/library/node:22 linux/arm64"],
        platform="linux/arm64",
    ),
    Case(
        "xx helpers",
        "FROM --platform=$BUILDPLATFORM tonistiigi/xx:1.6 AS xx\n"
        "FROM --platform=$BUILDPLATFORM alpine:3 AS build\nCOPY --from=xx / /\nFROM alpine:3\nCOPY --from=build /x /x",
        [
            "docker.io/library/alpine:3 linux/amd64",
            "docker.io/library/alpine:3 linux/arm/v7",
            "docker.io/tonistiigi/xx:1.6 linux/amd64",
        ],
        platform="linux/arm/v7",
    ),
    Case(
        "the platform of the target, said",
        "FROM --platform=$TARGETPLATFORM debian:12",
        ["docker.io/library/debian:12 linux/arm/v7"],
        platform="linux/arm/v7",
    ),
    Case(
        "parts of the platform",
        "FROM --platform=$TARGETOS/$TARGETARCH debian:12",
        ["docker.io/library/debian:12 linux/arm64"],
        platform="linux/arm64",
    ),
    Case(
        "another name of an architecture",
        "FROM --platform=linux/aarch64 a AS x\nFROM --platform=linux/x86_64 b\nCOPY --from=x c d",
        ["docker.io/library/a:latest linux/arm64", "docker.io/library/b:latest linux/amd64"],
        platform="linux/arm/v7",
    ),
    Case(
        "an architecture alone",
        "FROM --platform=arm64 a",
        ["docker.io/library/a:latest linux/arm64"],
        platform="linux/amd64",
    ),
    Case(
        "a platform from an argument",
        "ARG P=linux/s390x\nFROM --platform=$P a",
        ["docker.io/library/a:latest linux/s390x"],
        platform="linux/amd64",
    ),
    Case(
        "a platform from a build argument",
        "ARG P=linux/s390x\nFROM --platform=${P} a",
        ["docker.io/library/a:latest linux/ppc64le"],
        platform="linux/amd64",
        build_args={"P": "linux/ppc64le"},
    ),
    Case(
        "images for files are the target's",
        "FROM --platform=linux/amd64 a\nCOPY --from=busybox x y\nRUN --mount=from=alpine:3,target=/x z",
        [
            "docker.io/library/a:latest linux/amd64",
            "docker.io/library/alpine:3 linux/arm64",
            "docker.io/library/busybox:latest linux/arm64",
        ],
        platform="linux/arm64",
    ),
    Case(
        "a base for each architecture",
        "FROM acme/base-${TARGETARCH}:1",
        ["docker.io/acme/base-arm64:1 linux/arm64"],
        platform="linux/arm64",
    ),
    Case(
        "a stage for each architecture",
        "FROM debian:12 AS base-amd64\nFROM arm64v8/debian:12 AS base-arm64\nFROM base-$TARGETARCH",
        ["docker.io/arm64v8/debian:12 linux/arm64"],
        platform="linux/arm64",
    ),
    Case(
        "a stage for each variant",
        "FROM a AS rt-arm-v6\nFROM b AS rt-arm-v7\nFROM rt-${TARGETARCH}-${TARGETVARIANT}",
        ["docker.io/library/b:latest linux/arm/v7"],
        platform="linux/arm/v7",
    ),
    Case(
        "tests behind the target",
        "FROM golang:1 AS build\nFROM node:22 AS runtime\nCOPY --from=build /a /a\nFROM ubuntu:24.04 AS e2e\n"
        "COPY --from=runtime /a /a",
        ["docker.io/library/golang:1 linux/amd64", "docker.io/library/node:22 linux/amd64"],
        target="runtime",
    ),
    Case(
        "a development stage behind the default",
        "FROM node:22 AS dev\nFROM dev AS dev-envs\nCOPY --from=gloursdocker/docker / /\nFROM nginx:1\n"
        "COPY --from=dev /app /app",
        ["docker.io/library/nginx:1 linux/amd64", "docker.io/library/node:22 linux/amd64"],
    ),
    Case(
        "lint and docs that nothing needs",
        "FROM golangci/golangci-lint:v2 AS lint\nFROM squidfunk/mkdocs-material AS docs\nFROM alpine:3",
        ["docker.io/library/alpine:3 linux/amd64"],
    ),
    Case(
        "needed over two copies",
        "FROM a AS one\nFROM b AS two\nCOPY --from=one x y\nFROM c AS three\nCOPY --from=two x y\n"
        "FROM d AS four\nFROM e\nCOPY --from=three x y",
        [
            "docker.io/library/a:latest linux/amd64",
            "docker.io/library/b:latest linux/amd64",
            "docker.io/library/c:latest linux/amd64",
            "docker.io/library/e:latest linux/amd64",
        ],
    ),
    Case(
        "needed by a mount",
        "FROM rust:1 AS cook\nFROM debian:12\nRUN --mount=from=cook,target=/t x\nFROM never",
        ["docker.io/library/never:latest linux/amd64"],
    ),
    Case(
        "needed by a mount of the target",
        "FROM rust:1 AS cook\nFROM never AS n\nFROM debian:12\nRUN --mount=type=bind,from=cook,target=/t x",
        ["docker.io/library/debian:12 linux/amd64", "docker.io/library/rust:1 linux/amd64"],
    ),
    Case(
        "needed by ONBUILD",
        "FROM tools AS t\nFROM node:22 AS base\nONBUILD COPY --from=t a b\nFROM base",
        ["docker.io/library/node:22 linux/amd64", "docker.io/library/tools:latest linux/amd64"],
    ),
    Case(
        "ONBUILD that nothing runs",
        "FROM tools AS t\nFROM node:22 AS base\nONBUILD COPY --from=t a b\nFROM alpine",
        ["docker.io/library/alpine:latest linux/amd64"],
    ),
    Case(
        "ONBUILD that only another stage runs",
        "FROM node:22 AS base\nONBUILD COPY --from=tools a b\nFROM base AS x\nFROM alpine",
        ["docker.io/library/alpine:latest linux/amd64"],
    ),
    Case(
        "a target in the middle of a chain",
        "FROM a AS one\nFROM one AS two\nCOPY --from=b x y\nFROM two AS three\nCOPY --from=c x y",
        ["docker.io/library/a:latest linux/amd64", "docker.io/library/b:latest linux/amd64"],
        target="TWO",
    ),
    Case(
        "a stage by its index",
        "FROM a\nFROM b\nFROM c\nCOPY --from=0 x y",
        ["docker.io/library/a:latest linux/amd64", "docker.io/library/c:latest linux/amd64"],
    ),
    Case(
        "the same name twice",
        "FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x d e",
        ["docker.io/library/b:latest linux/amd64", "docker.io/library/c:latest linux/amd64"],
    ),
    Case(
        "an image named like a later stage",
        "FROM base AS first\nFROM a AS base\nFROM first",
        ["docker.io/library/base:latest linux/amd64"],
    ),
    Case(
        "a forward copy that the target does not need",
        "FROM a AS x\nCOPY --from=y b c\nFROM d AS y",
        ["docker.io/library/d:latest linux/amd64"],
    ),
    Case(
        "an argument in front",
        "ARG VERSION=22\nFROM node:${VERSION}-alpine",
        ["docker.io/library/node:22-alpine linux/amd64"],
    ),
    Case(
        "an argument for registry and tag",
        "ARG REGISTRY=docker.io\nARG TAG=3.20\nFROM ${REGISTRY}/library/alpine:${TAG}",
        ["mirror.example.com/library/alpine:3.20 linux/amd64"],
        build_args={"REGISTRY": "mirror.example.com"},
    ),
    Case(
        "an argument of an argument",
        "ARG MAJOR=8\nARG FULL=${MAJOR}.4\nFROM php:${FULL}-fpm",
        ["docker.io/library/php:9.4-fpm linux/amd64"],
        build_args={"MAJOR": "9"},
    ),
    Case(
        "an undeclared suffix",
        "FROM node${SUFFIX}",
        ["docker.io/library/node:latest linux/amd64"],
        build_args={"SUFFIX": ":22"},
    ),
    Case("an undeclared prefix", "FROM ${REGISTRY}alpine:3", ["docker.io/library/alpine:3 linux/amd64"]),
    Case(
        "an argument declared in a stage only",
        "FROM a AS x\nARG SUFFIX=b\nFROM node${SUFFIX}",
        ["docker.io/library/node:latest linux/amd64"],
    ),
    Case(
        "an argument declared too late",
        "FROM node$V\nARG V=x\nFROM debian$V",
        ["docker.io/library/debian:latest linux/amd64"],
    ),
    Case(
        "an empty default as an optional prefix",
        "ARG PROXY=\nFROM ${PROXY}python:3.13",
        ["docker.io/library/python:3.13 linux/amd64"],
    ),
    Case(
        "an empty default as an optional suffix",
        'ARG VARIANT=""\nFROM nginx:1.27${VARIANT:+-$VARIANT}',
        ["docker.io/library/nginx:1.27 linux/amd64"],
    ),
    Case(
        "an empty build argument",
        "ARG SUFFIX=-slim\nFROM node:22$SUFFIX",
        ["docker.io/library/node:22 linux/amd64"],
        build_args={"SUFFIX": ""},
    ),
    Case("a default in the reference", "FROM ${BASE:-ubuntu:24.04}", ["docker.io/library/ubuntu:24.04 linux/amd64"]),
    Case(
        "a default in the reference, of an empty argument",
        "ARG BASE=\nFROM ${BASE:-ubuntu:24.04}",
        ["docker.io/library/ubuntu:24.04 linux/amd64"],
    ),
    Case(
        "a choice by a flag",
        "ARG DEBUG\nFROM debian:12 AS release\nFROM release AS debug\nFROM ${DEBUG:+debug}${DEBUG:-release}",
        ["docker.io/library/debian:12 linux/amd64"],
    ),
    Case(
        "a long argument that no FROM uses",
        "ARG PACKAGES='" + "package-number " * 120 + "'\nFROM debian:12\nARG PACKAGES",
        ["docker.io/library/debian:12 linux/amd64"],
    ),
    Case(
        "a certificate as a build argument",
        "ARG CA_CERT\nFROM debian:12\nARG CA_CERT\nRUN x",
        ["docker.io/library/debian:12 linux/amd64"],
        build_args={"CA_CERT": "-----BEGIN CERTIFICATE-----\n" + "MIIB" * 400 + "\n-----END CERTIFICATE-----"},
    ),
    Case(
        "a long argument of which a part is used",
        "ARG LIST=ubuntu:24.04" + ",x" * 900 + "\nFROM ${LIST%%,*}",
        ["docker.io/library/ubuntu:24.04 linux/amd64"],
    ),
    Case(
        "very many variables that no FROM uses",
        "ARG A=x\nARG B=" + "$A" * 1200 + "\nFROM debian:12",
        ["docker.io/library/debian:12 linux/amd64"],
    ),
    Case(
        "a tag out of a longer value",
        "ARG FULL=v1.2.3-rc1\nFROM app:${FULL#v}",
        ["docker.io/library/app:1.2.3-rc1 linux/amd64"],
    ),
    Case(
        "a slash for a dash",
        "ARG REF=feature/x\nFROM app:${REF//\\//-}",
        ["docker.io/library/app:feature-x linux/amd64"],
    ),
    Case(
        "a context for an image",
        "FROM alpine:3",
        ["mirror.example.com/alpine:3 linux/amd64"],
        contexts={"alpine:3": "docker-image://mirror.example.com/alpine:3"},
    ),
    Case(
        "a context without a tag is for latest",
        "FROM alpine AS a\nFROM alpine:3\nCOPY --from=a x y",
        ["docker.io/library/alpine:3 linux/amd64", "mirror.example.com/alpine:latest linux/amd64"],
        contexts={"alpine": "docker-image://mirror.example.com/alpine"},
    ),
    Case(
        "a context in another spelling",
        "FROM docker.io/library/alpine:latest",
        ["mirror.example.com/alpine:9 linux/amd64"],
        contexts={"alpine": "docker-image://mirror.example.com/alpine:9"},
    ),
    Case(
        "a local context",
        "FROM node:22\nCOPY --from=src . /app",
        ["docker.io/library/node:22 linux/amd64"],
        contexts={"src": "local:./src"},
    ),
    Case(
        "a context behind a mount",
        "FROM node:22\nRUN --mount=from=dnf-cache,target=/c x",
        ["docker.io/library/node:22 linux/amd64"],
        contexts={"dnf-cache": "local:c"},
    ),
    Case(
        "a context from git",
        "FROM node:22\nCOPY --from=app . /app",
        ["docker.io/library/node:22 linux/amd64"],
        contexts={"app": "https://github.com/acme/app.git#main"},
    ),
    Case(
        "a context for a stage",
        "FROM golang:1 AS build\nFROM alpine:3\nCOPY --from=build a b",
        ["ci.example.com/build:9 linux/amd64", "docker.io/library/alpine:3 linux/amd64"],
        contexts={"build": "docker-image://ci.example.com/build:9"},
    ),
    Case(
        "a context for a base that is built before",
        "FROM base\nCOPY --from=base:latest a b",
        [f"ci.example.com/base@{DIGEST} linux/amd64"],
        contexts={"base": f"docker-image://ci.example.com/base@{DIGEST}"},
    ),
    Case(
        "a stage before a context of its name",
        "FROM a AS src\nFROM b\nCOPY --from=src c d",
        ["docker.io/library/a:latest linux/amd64", "docker.io/library/b:latest linux/amd64"],
        contexts={"other": "local:x"},
    ),
    Case(
        "scratch is no context",
        "FROM scratch\nCOPY --from=a b c",
        ["docker.io/library/a:latest linux/amd64"],
        contexts={"scratch": "docker-image://x"},
    ),
]


@pytest.mark.parametrize("case", PULLED, ids=lambda case: case.name)
def test_what_buildkit_pulls_is_found_and_nothing_else_is_a_cause(case: Case) -> None:
    """For each platform that is known; that of the build machine is not."""
    found = case.discovered()
    causes = [each for each in found.references if each.role in {"final", "stage"}]

    names = [str(each.image if each.image.digest else each.image.tagged) for each in causes]
    assert {*names} == {pulled.rpartition(" ")[0] for pulled in case.pulled}
    known = [f"{name} {platform}" for name, each in zip(names, causes, strict=True) for platform in each.platforms]
    assert {*known} <= {*case.pulled}
    assert (found.unresolved, found.complete) == ((), True)
