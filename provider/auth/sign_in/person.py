"""A person whom another service has identified, as a session keeps the person."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Who signed in. What the person may do is decided anew for each request, by the present settings.

    Attributes:
        source: the address of the service that identified the person; without it in the settings nobody is known by it.
        name: as it is shown and audited, for example `user:default/jane`.
        groups: the groups as of the sign-in, as the source names them.
        hint: what the source wants to see when the person signs out there; empty: nothing.
    """

    source: str
    name: str
    groups: frozenset[str]
    hint: str = field(default="", repr=False)
