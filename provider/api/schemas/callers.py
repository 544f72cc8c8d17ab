"""Response schemas of the caller, and of what the caller may do with an image."""

from marshmallow import fields

from provider.api.schemas.base import AnswerSchema
from provider.auth.callers import CallerKind, CallerRole
from provider.auth.permissions import Action


class CallerSchema(AnswerSchema):
    """The caller of the request."""

    caller = fields.String(
        metadata={
            "description": "name of the service token, or reference of the user in Backstage",
            "example": "user:default/jane",
        }
    )
    kind = fields.Enum(
        CallerKind,
        by_value=True,
        metadata={
            "description": "`token`: a service token; `user`: a user of Backstage, or its scaffolder for the user; "
            "`session`: a browser that signed in; `anonymous`: no callers are configured, and the request comes from "
            "the machine of the service"
        },
    )
    role = fields.Enum(
        CallerRole, by_value=True, metadata={"description": "role of the service token; `read` for a user"}
    )
    rights = fields.List(
        fields.Enum(Action, by_value=True),
        metadata={
            "description": "what the caller may do with every image, whoever owns it; `may` of an image says what the "
            "caller may do with that one"
        },
    )
    owners = fields.List(
        fields.String(),
        metadata={
            "description": "entity references of the user and the user's groups, by which the user owns images; empty "
            "for a service token",
            "example": ["group:default/platform", "user:default/jane"],
        },
    )
    owners_known = fields.Boolean(
        metadata={"description": "false: the groups of the user could not be read from Backstage; try again later"}
    )
    admin = fields.Boolean(metadata={"description": "true: the caller may do everything"})


class PermittedSchema(AnswerSchema):
    """What the caller of this request may do with the image.

    False: the act is 403, or the image has nothing that it could be about. True: the act can still be 409.
    """

    rebuild = fields.Boolean(metadata={"description": "ask for a rebuild"})
    emergency = fields.Boolean(
        metadata={"description": "ask for an emergency rebuild; of a base image: of everything that is built from it"}
    )
    hold = fields.Boolean(metadata={"description": "put it on hold, and release it"})
    skip = fields.Boolean(metadata={"description": "skip a digest, and use it again"})
    check = fields.Boolean(metadata={"description": "ask for a check now"})
    change = fields.Boolean(metadata={"description": "change its enrollment; false for an image without one"})
    remove = fields.Boolean(metadata={"description": "remove its enrollment; false for an image without one"})
    rerun = fields.Boolean(
        metadata={"description": "re-run its builds; false where no GitHub Actions workflow builds it"}
    )
