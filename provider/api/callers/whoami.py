"""GET /api/v1/whoami: who the caller is, and what the caller may do."""

from typing import Any

from provider.api.answers.own_answers import answer_for_the_caller
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.callers import CallerSchema
from provider.auth.rights import identity


def whoami_resources() -> Any:
    """The blueprint for the caller."""
    resources = ReadingBlueprint("callers", "Who calls")
    answer_for_the_caller(resources.blueprint)

    @resources.get("/api/v1/whoami", CallerSchema)
    def read_caller() -> dict[str, object]:
        """Get the caller.

        Returns who the caller of the request is, and what the caller may do with every image. For a user of Backstage
        it has the groups, as of the user's last sign-in.
        """
        known = identity()
        return {
            "caller": known.caller,
            "kind": known.kind,
            "role": known.role,
            "rights": known.rights,
            "owners": known.owners,
            "owners_known": known.owners_known,
            "admin": known.admin,
        }

    return resources.blueprint
