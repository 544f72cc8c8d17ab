"""What the caller of a page owns images by."""

from provider.auth.rights import identity


def my_owners() -> tuple[str, ...]:
    """The references that the caller owns images by; empty for a service token and for a session of one."""
    return identity().owners
