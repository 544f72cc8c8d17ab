"""The fields of the form for an entry: each is a key of images.yaml, with its label and help."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from provider.domain.enrollment import ADMINS_FILE


class Kind(Enum):
    """How a field is written: one line; lines; one of a few words; a list, or names with values, one a line."""

    TEXT = "text"
    PROSE = "prose"
    CHOICE = "choice"
    FLAG = "flag"
    LIST = "list"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form.

    Attributes:
        key: in images.yaml, such as `source.repo`; `file` is the file of the entry.
        usual: the value of a new entry, and what a missing key means.
        choices: the words that can be chosen, with their labels.
    """

    key: str
    label: str
    hint: str = ""
    kind: Kind = Kind.TEXT
    required: bool = False
    usual: str = ""
    choices: Mapping[str, str] | None = None
    example: str = ""

    @property
    def id(self) -> str:
        """The id of the element on the page."""
        return self.key.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; `more` are behind a disclosure with a title."""

    title: str
    fields: tuple[Field, ...]
    more_title: str = ""
    more: tuple[Field, ...] = ()


_PROVIDERS = {
    "": "None: the image is only watched",
    "github": "GitHub",
    "gitlab": "GitLab",
    "git": "Another git server",
}
_SYSTEMS = {
    "": "None: the image is not rebuilt",
    "github-actions": "GitHub Actions",
    "gitlab": "GitLab pipelines",
    "webhook": "Webhook (Tekton, Argo, Jenkins and others)",
}
_REBUILD_ON = {"all": "Every image that the build uses", "final": "Only the base of the built stage"}
_FLAG = {"true": "Yes", "false": "No, only when a person asks"}
_CRITICALITY = {"low": "Low", "normal": "Normal", "high": "High: rebuilt first"}

GROUPS = (
    Group(
        "Image",
        (
            Field(
                "name",
                "Name",
                "Lower-case letters, digits and hyphens. The name of the entity.",
                required=True,
                example="payments-api",
            ),
            Field("registry", "Registry", "The host of the registry.", required=True, example="ghcr.io"),
            Field(
                "repository",
                "Repository",
                "The path of the image in the registry.",
                required=True,
                example="acme/payments-api",
            ),
            Field("tag", "Tag", "The tag that your build pushes.", usual="latest", example="latest"),
        ),
    ),
    Group(
        "Source",
        (
            Field("source.provider", "Where the Dockerfile is", kind=Kind.CHOICE, choices=_PROVIDERS),
            Field(
                "source.repo",
                "Source repository",
                "OWNER/NAME at GitHub, the path of a GitLab project, or an https or ssh address.",
                example="acme/payments",
            ),
            Field("source.branch", "Branch", "Empty: the default branch of the repository.", example="main"),
            Field(
                "source.dockerfile",
                "Dockerfile",
                "Path in the repository; several paths on a line each. Empty: Dockerfile, else Containerfile.",
                Kind.LIST,
                example="Dockerfile",
            ),
        ),
        "Build arguments, stages and contexts",
        (
            Field(
                "source.buildArgs",
                "Build arguments",
                "NAME=value on a line each, as passed to the build.",
                Kind.NAMED,
                example="NODE_VERSION=22",
            ),
            Field("source.target", "Target stage", "The stage that is built. Empty: the last one."),
            Field(
                "source.contexts",
                "Named build contexts",
                "NAME=local, or NAME=docker-image:// with an image, on a line each.",
                Kind.NAMED,
                example="src=local",
            ),
            Field("source.bake.file", "Bake file", "Instead of a Dockerfile.", example="docker-bake.hcl"),
            Field("source.bake.target", "Bake target", "The target of the bake file that builds the image."),
            Field(
                "source.baseImages",
                "Base images",
                "Beside or instead of those in a Dockerfile, on a line each.",
                Kind.LIST,
                example="node:22",
            ),
        ),
    ),
    Group(
        "Build",
        (
            Field("build.system", "Build system", "Starts the rebuilds.", Kind.CHOICE, choices=_SYSTEMS),
            Field("build.workflow", "Workflow", "GitHub Actions: the file name of the workflow.", example="build.yml"),
            Field(
                "build.project",
                "GitLab project",
                "GitLab pipelines: the project that builds the image. Empty: the project of the source.",
                example="acme/payments",
            ),
            Field(
                "build.url",
                "Webhook address",
                "Webhook: the address that receives the request.",
                example="https://tekton.acme.example/hooks/build",
            ),
            Field(
                "build.ref",
                "Branch to build",
                "GitHub Actions and GitLab pipelines. Empty: the branch of the source.",
                example="main",
            ),
        ),
    ),
    Group(
        "Rebuild policy",
        (
            Field(
                "rebuildDelay",
                "Rebuild delay",
                "How long a new base image has to be known before it is used: 12h, 7d or 2w.",
                usual="7d",
            ),
            Field("autoRebuild", "Rebuild automatically", kind=Kind.FLAG, usual="true", choices=_FLAG),
        ),
        "Causes, order and platforms",
        (
            Field("rebuildOn", "What causes a rebuild", kind=Kind.CHOICE, usual="all", choices=_REBUILD_ON),
            Field(
                "criticality",
                "Criticality",
                "The order when several images are due.",
                Kind.CHOICE,
                usual="normal",
                choices=_CRITICALITY,
            ),
            Field(
                "platforms",
                "Platforms",
                "On a line each. Empty: the platforms of the image in its registry.",
                Kind.LIST,
                example="linux/amd64",
            ),
        ),
    ),
    Group(
        "Signatures",
        (
            Field(
                "verify.cosign.keys",
                "Keys that sign base images",
                "Files in the config repository on a line each, or keys in PEM form. Only digests that one of them "
                "signed are used. Empty: base images need no signature by a key.",
                Kind.LIST,
                example="keys/team.pem",
            ),
        ),
        "Signers without a key, and which base images",
        (
            Field(
                "verify.cosign.identity.subject",
                "Signer",
                "Who signs base images without a key. * stands for any text.",
                example="https://github.com/acme/*",
            ),
            Field(
                "verify.cosign.identity.issuer",
                "Issuer",
                "The OIDC provider that vouches for the signer.",
                example="https://token.actions.githubusercontent.com",
            ),
            Field(
                "verify.cosign.identity.trustedRoot",
                "Trusted root",
                "A file in the config repository. Empty: sigstore's public instance is trusted.",
                example="keys/trusted_root.json",
            ),
            Field(
                "verify.bases",
                "Base images that have to be signed",
                "Patterns on a line each. Empty: all.",
                Kind.LIST,
                example="cgr.dev/**",
            ),
        ),
    ),
    Group(
        "Shown in Backstage",
        (
            Field(
                "owner",
                "Owner",
                "The group or user who owns the image. Empty: the default owner of the service.",
                example="group:default/platform",
            ),
            Field("title", "Title", "Empty: the name.", example="Payments API"),
            Field("description", "Description", kind=Kind.PROSE),
        ),
        "System, lifecycle and file",
        (
            Field("system", "System", "The system in Backstage that the image is part of.", example="payments"),
            Field("lifecycle", "Lifecycle", example="production"),
            Field(
                "file",
                "File",
                f"In the config repository: {ADMINS_FILE}, or a team's file. Empty: it follows from you and the owner.",
                example="images.d/platform.yaml",
            ),
        ),
    ),
)
"""The groups of the form, in order."""

FIELDS: Mapping[str, Field] = {
    field.key: field for group in GROUPS for fields in (group.fields, group.more) for field in fields
}
"""All fields by key."""
