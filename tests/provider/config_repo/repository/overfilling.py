"""Commits more than fits: `overfilling.py URL CHECKOUT CHARACTERS [LIMIT]`; prints the result for a test.

LIMIT is the size in bytes above which the kernel lets this process write no file.
"""

import json
import resource
import secrets
import sys
from pathlib import Path

from provider.config_repo.repository.config_repository import ConfigRepository
from provider.errors import CheckoutUnwritable
from tests.provider.config_repo.repositories import put, status

STATE = "state/images/portal.yaml"


def main(url: str, checkout: str, characters: str, limit: str = "") -> None:
    """Fail with a batch, then commit a small one in the same checkout."""
    folder = Path(checkout)
    repository = ConfigRepository.open(url, checkout=folder)
    if limit:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), most))
    # Random text, so that git cannot compress it.
    batch = [put(STATE, "half\n"), put("state/images/big.yaml", secrets.token_hex(int(characters) // 2))]
    try:
        repository.commit(batch, "Too big")
        failure = ""
    except CheckoutUnwritable as error:
        failure = str(error)
    after_failure = status(folder)
    small = repository.commit([put(STATE, "small\n")], "Small")
    told = {"failure": failure, "after failure": after_failure, "then committed": small is not None}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
