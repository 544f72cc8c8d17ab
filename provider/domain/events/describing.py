"""An event in a few words, for people."""

from typing import assert_never

from provider.domain.events.values import (
    BuildReported,
    Event,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)


def about(event: Event) -> str:
    """What the event is about, such as `branch main of acme/portal`."""
    match event:
        case SourcePushed(repository=repository, branch=branch):
            return f"branch {branch} of {repository}"
        case ImagePushed(image=image, digest=digest):
            return f"{image}@{digest}" if digest else str(image)
        case RunChanged(repository=repository, run_id=run_id):
            return f"run {run_id} of {repository}"
        case ReleasePublished(address=address):
            return f"releases of {address}"
        case BuildReported(rebuild_id=rebuild_id, status=status):
            return f"rebuild {rebuild_id}: {status}"
        case Pinged():
            return "a test of the address"
        case unreachable:
            assert_never(unreachable)
