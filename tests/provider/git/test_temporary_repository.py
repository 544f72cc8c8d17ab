"""Tests of git in a temporary folder."""

import pytest

from provider.errors import CheckoutUnwritable
from provider.git.judged_host import judged
from provider.git.network import GitNetwork
from provider.git.temporary_repository import temporary_repository
from proxy.deadline import Deadline
from proxy.errors import NotFound, Unavailable
from proxy.http.addresses import AddressPolicy

PLACE = judged("https://192.0.2.1/portal.git", AddressPolicy(private_hosts=["192.0.2.1"]))


@pytest.mark.parametrize("error", [CheckoutUnwritable("the disk is full"), OSError("the disk is full")])
def test_a_failure_of_this_machine_is_temporary(error: Exception) -> None:
    """The repository may be readable later; the folder is removed."""
    with (
        pytest.raises(Unavailable, match="the disk is full"),
        temporary_repository(PLACE, None, GitNetwork(), network_seconds=1, deadline=Deadline.after(60)) as git,
    ):
        raise error
    assert not git.folder.exists()


def test_a_failure_of_the_server_passes_through_unchanged() -> None:
    """The caller gets the same error object."""
    gone = NotFound("there is no repository")
    with (
        pytest.raises(NotFound) as caught,
        temporary_repository(PLACE, None, GitNetwork(), network_seconds=1, deadline=Deadline.after(60)),
    ):
        raise gone
    assert caught.value is gone
