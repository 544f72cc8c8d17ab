"""The response schema of the web pages of an image."""

from marshmallow import fields

from provider.api.schemas.base import AnswerSchema


class LinksSchema(AnswerSchema):
    """Web pages of an image; null where there is no such page."""

    page = fields.String(
        allow_none=True, metadata={"description": "its page at this service; null without IMAGE_FACTORY_PUBLIC_URL"}
    )
    registry = fields.String(allow_none=True, metadata={"description": "its page at the registry"})
    dockerfile = fields.String(allow_none=True, metadata={"description": "its Dockerfile, if its entry names one"})
    last_run = fields.String(allow_none=True, metadata={"description": "the workflow run of its last rebuild"})
    backstage = fields.String(allow_none=True, metadata={"description": "its entity in Backstage"})
    enrollment_file = fields.String(
        allow_none=True, metadata={"description": "the file in the config repository that has its entry"}
    )
    state_history = fields.String(allow_none=True, metadata={"description": "the commits that changed `stateFile`"})
    source = fields.String(allow_none=True, metadata={"description": "the folder of its Dockerfile"})
    workflow = fields.String(
        allow_none=True, metadata={"description": "the GitHub Actions workflow that builds it, with its runs"}
    )
    state_file = fields.String(
        allow_none=True, metadata={"description": "what the service knows of it, a file in the config repository"}
    )
