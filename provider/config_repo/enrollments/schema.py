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

    file = text(source_grammar.bake_file_problem, required=True)
    target = text(source_grammar.bake_target_problem, required=True)


class SourceSchema(StrictSchema):
    """The source repository of an image."""

    provider = choice(list(get_args(SourceProvider)), required=True)
    repo = text(required=True)
    branch = text(grammar.branch_problem, load_default=None)
    dockerfile = text_or_texts(source_grammar.dockerfile_problem, "api/Dockerfile, web/Dockerfile", load_default=list)
    build_args = named_texts(grammar.build_argument_problem, data_key="buildArgs", load_default=dict)
    target = text(grammar.target_problem, load_default=None)
    contexts = named_texts(
        source_grammar.context_name_problem, source_grammar.context_problem, example="src: local", load_default=dict
    )
    bake = part(BakeSchema, load_default=None)
    base_images = texts(source_grammar.base_image_problem, "node:22", data_key="baseImages", load_default=list)
    workflow = text(grammar.workflow_problem, load_default=None)

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

    system = choice(list(get_args(BuildSystem)), required=True)
    workflow = text(grammar.workflow_problem, load_default=None)
    project = text(lambda project: repo_problem("gitlab", project), load_default=None)
    ref = text(grammar.branch_problem, load_default=None)
    url = text(webhook_problem, load_default=None)

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

    name = text(grammar.name_problem, required=True)
    registry = text(grammar.registry_problem, required=True)
    repository = text(grammar.repository_problem, required=True)
    tag = text(grammar.tag_problem, load_default=DEFAULT_TAG)
    source = part(SourceSchema, load_default=None)
    build = part(BuildSchema, load_default=None)
    rebuild_delay = duration(DEFAULT_REBUILD_DELAY, data_key="rebuildDelay")
    auto_rebuild = flag(data_key="autoRebuild", load_default=True)
    rebuild_on = choice([word.value for word in RebuildOn], data_key="rebuildOn", load_default=RebuildOn.ALL.value)
    platforms = texts(grammar.platform_problem, "linux/amd64", load_default=list)
    criticality = choice([word.value for word in Criticality], load_default=Criticality.NORMAL.value)
    owner = text(grammar.owner_problem, load_default=None)
    title = text(grammar.line_problem, load_default=None)
    description = text(load_default=None)
    system = text(grammar.system_problem, load_default=None)
    lifecycle = text(grammar.line_problem, load_default=None)

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
