"""The schema of one entry of images.yaml; it checks entries from git and from the API."""

from collections.abc import Mapping
from typing import Any, get_args

from marshmallow import ValidationError, post_load, validates_schema

from catalog.reference import DEFAULT_TAG
from provider.config_repo.enrollments.strict_schema import (
    StrictSchema,
    choice,
    duration,
    flag,
    named_texts,
    part,
    text,
    text_or_texts,
    texts,
)
from provider.config_repo.enrollments.verification_schema import VerifySchema
from provider.domain import enrollment_grammar as grammar
from provider.domain import source_grammar
from provider.domain.enrollment import (
    DEFAULT_REBUILD_DELAY,
    Bake,
    Build,
    BuildSystem,
    Criticality,
    Enrollment,
    RebuildOn,
    Source,
)
from provider.domain.source_address import SourceProvider, repo_problem, webhook_problem

Errors = dict[str | int, Any]
"""Marshmallow's errors: key to a list of messages, or to errors of the same form for a nested value."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "github-actions": ("workflow", "ref"),
    "gitlab": ("project", "ref"),
    "webhook": ("url",),
}
_NAMED_BY_BAKE = ("dockerfile", "target", "contexts")
_MOST_ITEMS = 50
_REQUIRED_KEYS: Mapping[str, str] = {"github-actions": "workflow", "webhook": "url"}


class BakeSchema(StrictSchema):
    """The bake file that builds an image."""

    file = text(source_grammar.bake_file_problem, "path of the bake file", required=True)
    target = text(
        source_grammar.bake_target_problem, "the target of the bake file that builds the image", required=True
    )


class SourceSchema(StrictSchema):
    """The source repository of an image."""

    provider = choice(
        list(get_args(SourceProvider)),
        "where the source repository is; `git`: at an https or ssh address",
        required=True,
    )
    repo = text(
        description="the source repository: OWNER/NAME at GitHub, the path of a project at GitLab, or an address",
        required=True,
    )
    branch = text(
        grammar.branch_problem, "the branch; default: the default branch of the repository", load_default=None
    )
    dockerfile = text_or_texts(
        source_grammar.dockerfile_problem,
        "api/Dockerfile, web/Dockerfile",
        "path of the Dockerfile, or a list of paths; default: Dockerfile, else Containerfile",
        load_default=list,
    )
    build_args = named_texts(
        grammar.build_argument_problem,
        description="the build arguments that the build gets",
        data_key="buildArgs",
        load_default=dict,
    )
    target = text(grammar.target_problem, "the stage that is built; default: the last one", load_default=None)
    contexts = named_texts(
        source_grammar.context_name_problem,
        source_grammar.context_problem,
        example="src: local",
        description="build contexts by name: `local`, or `docker-image://` and a reference",
        load_default=dict,
    )
    bake = part(BakeSchema, "the bake file that builds the image, instead of `dockerfile`", load_default=None)
    base_images = texts(
        source_grammar.base_image_problem,
        "node:22",
        "references of base images that no Dockerfile names",
        data_key="baseImages",
        load_default=list,
    )
    workflow = text(
        grammar.workflow_problem,
        "short form of a build by GitHub Actions: the file name of the workflow",
        load_default=None,
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_bake(self, _: Mapping[str, Any], original: object, **__: object) -> None:
        if not isinstance(original, Mapping) or "bake" not in original:
            return
        message = "conflicts with bake, whose target names it; keep one of them"
        if errors := {key: [message] for key in _NAMED_BY_BAKE if key in original}:
            raise ValidationError(errors)

    @validates_schema
    def _check_lists(self, source: Mapping[str, Any], **_: object) -> None:
        """A list names each thing once, and not so many that one entry costs thousands of requests."""
        errors: Errors = {}
        for key, attribute in (("dockerfile", "dockerfile"), ("baseImages", "base_images")):
            items = source[attribute]
            if len(set(items)) < len(items):
                errors[key] = ["names one twice; keep one"]
            elif len(items) > _MOST_ITEMS:
                errors[key] = [f"has {len(items)} items; at most {_MOST_ITEMS} are read"]
        if errors:
            raise ValidationError(errors)

    @validates_schema(skip_on_field_errors=False)
    def _check_repo(self, source: Mapping[str, Any], **_: object) -> None:
        if "provider" not in source or "repo" not in source:
            return
        if problem := repo_problem(source["provider"], source["repo"]):
            raise ValidationError({"repo": [problem]})

    @validates_schema(skip_on_field_errors=False)
    def _check_workflow(self, source: Mapping[str, Any], **_: object) -> None:
        if source.get("workflow") and source.get("provider", "github") != "github":
            message = "is only for provider github; write a build instead"
            raise ValidationError({"workflow": [message]})


class BuildSchema(StrictSchema):
    """The build system of an image."""

    system = choice(list(get_args(BuildSystem)), "the build system that builds the image", required=True)
    workflow = text(grammar.workflow_problem, "for `github-actions`: the file name of the workflow", load_default=None)
    project = text(
        lambda project: repo_problem("gitlab", project),
        "for `gitlab`: the path of the project; default: that of the source",
        load_default=None,
    )
    ref = text(
        grammar.branch_problem,
        "for `github-actions` and `gitlab`: the branch that is built; default: that of the source",
        load_default=None,
    )
    url = text(webhook_problem, "for `webhook`: the address that gets the request", load_default=None)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_keys(self, build: Mapping[str, Any], original: object, **_: object) -> None:
        system = build.get("system")
        if system is None or not isinstance(original, Mapping):
            return
        fitting = _KEYS[system]
        message = f"is not for system {system}, which takes {' and '.join(fitting)}"
        others = sorted({key for keys in _KEYS.values() for key in keys}.difference(fitting))
        errors: Errors = {key: [message] for key in others if key in original}
        required = _REQUIRED_KEYS.get(system)
        if required and required not in original:
            errors[required] = [f"is missing; system {system} needs it"]
        if errors:
            raise ValidationError(errors)


class EnrollmentSchema(StrictSchema):
    """One entry of images.yaml; it loads an Enrollment."""

    name = text(grammar.name_problem, "name of the image: a-z, 0-9 and '-', at most 63 characters", required=True)
    registry = text(grammar.registry_problem, "host of the registry, for example `ghcr.io`", required=True)
    repository = text(grammar.repository_problem, "path of the image in its registry", required=True)
    tag = text(grammar.tag_problem, "the tag whose digest is the current one", load_default=DEFAULT_TAG)
    source = part(
        SourceSchema,
        "the source repository; without it the image is only watched",
        load_default=None,
    )
    build = part(BuildSchema, "the build system, where `source.workflow` is not enough", load_default=None)
    rebuild_delay = duration(
        DEFAULT_REBUILD_DELAY,
        "how long a new digest of a base image ages before it causes a rebuild, for example `12h`, `7d` or `2w`",
        data_key="rebuildDelay",
    )
    auto_rebuild = flag("false: only people start rebuilds", data_key="autoRebuild", load_default=True)
    rebuild_on = choice(
        [word.value for word in RebuildOn],
        "which base images cause rebuilds; `final`: only that of the stage that is built",
        data_key="rebuildOn",
        load_default=RebuildOn.ALL.value,
    )
    platforms = texts(
        grammar.platform_problem,
        "linux/amd64",
        "platforms of the image; default: those that it has in its registry",
        load_default=list,
    )
    criticality = choice(
        [word.value for word in Criticality],
        "more critical images are rebuilt first",
        load_default=Criticality.NORMAL.value,
    )
    owner = text(
        grammar.owner_problem,
        "entity reference of the owner in Backstage; default: that of the service",
        load_default=None,
    )
    title = text(grammar.line_problem, "title for people", load_default=None)
    description = text(description="description for people", load_default=None)
    system = text(grammar.system_problem, "entity reference of the system in Backstage", load_default=None)
    lifecycle = text(grammar.line_problem, "lifecycle in Backstage, for example `production`", load_default=None)
    verify = part(VerifySchema, "whose signatures the base images need; without it they need none", load_default=None)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_build(self, entry: Mapping[str, Any], original: object, **_: object) -> None:
        if not isinstance(original, Mapping) or "build" not in original:
            return
        if "source" not in original:
            raise ValidationError({"build": ["needs a source to build from; add source or leave build out"]})
        source, build = entry.get("source") or {}, entry.get("build") or {}
        if source.get("workflow"):
            raise ValidationError(
                {"source": {"workflow": ["conflicts with build: workflow is the short form of it; keep one"]}}
            )
        if errors := _disagreement(source.get("provider"), build):
            raise ValidationError({"build": errors})

    @validates_schema
    def _check_reference(self, entry: Mapping[str, Any], **_: object) -> None:
        # Both are valid on their own; but with Docker Hub's `library/` a repository can be too long.
        if problem := grammar.repository_problem(entry["repository"], entry["registry"]):
            raise ValidationError({"repository": [problem]})

    @validates_schema
    def _check_platforms(self, entry: Mapping[str, Any], **_: object) -> None:
        if len(set(entry["platforms"])) < len(entry["platforms"]):
            raise ValidationError({"platforms": ["names a platform twice; keep one"]})

    @post_load
    def _enrollment(self, entry: Mapping[str, Any], **_: object) -> Enrollment:
        return Enrollment(
            **{
                **entry,
                "source": _source(entry["source"]),
                "build": _build(entry["source"], entry["build"]),
                "rebuild_on": RebuildOn(entry["rebuild_on"]),
                "platforms": tuple(entry["platforms"]),
                "criticality": Criticality(entry["criticality"]),
            }
        )


def _disagreement(provider: str | None, build: Mapping[str, Any]) -> Errors | None:
    """The errors of a build that does not fit its source."""
    match build.get("system"), provider:
        case "github-actions", "gitlab" | "git":
            return {"system": ["github-actions needs a source with provider github"]}
        case "gitlab", "github" | "git" if "project" in build and build["project"] is None:
            return {
                "project": ["is missing; the source is not at GitLab, so name the GitLab project that builds the image"]
            }
        case _:
            return None


def _source(source: Mapping[str, Any] | None) -> Source | None:
    if source is None:
        return None
    return Source(
        source["provider"],
        source["repo"],
        source["branch"],
        tuple(source["dockerfile"]),
        source["build_args"],
        source["target"],
        source["contexts"],
        Bake(**source["bake"]) if source["bake"] else None,
        tuple(source["base_images"]),
    )


def _build(source: Mapping[str, Any] | None, build: Mapping[str, Any] | None) -> Build | None:
    if build is not None:
        return Build(**build)
    if source is not None and source["workflow"] is not None:
        return Build("github-actions", workflow=source["workflow"])
    return None
