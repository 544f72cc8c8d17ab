"""Who makes the service's commits, and with which SSH key it signs them."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provider.git.environment import AUTHOR, AUTHOR_EMAIL, kept_from_git, with_config
from provider.git.texts import one_line, shortened

_SECONDS = 10.0
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CommitIdentity:
    """Who commits.

    Attributes:
        name: of the author and committer.
        email: of the same; GitHub and GitLab take a signature for verified only if the account with the key has it.
        signing_key: the file of the private SSH key; None: commits are not signed.
    """

    name: str = AUTHOR
    email: str = AUTHOR_EMAIL
    signing_key: Path | None = None

    def applied(self, environment: Mapping[str, str]) -> dict[str, str]:
        """The environment of git with this identity; the key itself stays in its file."""
        named = {
            **environment,
            "GIT_AUTHOR_NAME": self.name,
            "GIT_AUTHOR_EMAIL": self.email,
            "GIT_COMMITTER_NAME": self.name,
            "GIT_COMMITTER_EMAIL": self.email,
        }
        if self.signing_key is None:
            return named
        # An absolute path, because git runs in the checkout. What is rebased is signed because of the first of these.
        key = str(self.signing_key.absolute())
        return with_config(named, (("commit.gpgSign", "true"), ("gpg.format", "ssh"), ("user.signingKey", key)))

    def problem(self) -> str | None:
        """Why commits cannot be signed with the key, and what to do; None: they can, or are not signed."""
        if self.signing_key is None:
            return None
        try:
            why = _why_unusable(self.signing_key)
        except (OSError, subprocess.SubprocessError) as error:
            why = f"ssh-keygen cannot be run ({one_line(str(error))}); install openssh-client"
        return f"IMAGE_FACTORY_COMMIT_SIGNING_KEY: {self.signing_key}: {why}" if why else None


def _why_unusable(key: Path) -> str | None:
    if not key.is_file():
        return "there is no such file; mount the private key there, or correct the setting"
    if not os.access(key, os.R_OK):
        return f"it cannot be read by this user (id {os.geteuid()}); give the file to that user, mode 0400"
    # It reads the private key, as signing does, and writes nothing.
    ran = subprocess.run(  # noqa: S603 - a path of the settings, and no shell
        ["ssh-keygen", "-y", "-P", "", "-f", str(key.absolute())],  # noqa: S607 - the ssh-keygen that git runs
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=_SECONDS,
        env={name: value for name, value in os.environ.items() if name not in kept_from_git(os.environ)},
    )
    if ran.returncode == 0:
        return None
    said = ran.stderr
    if "incorrect passphrase" in said:
        return "it has a passphrase; make a key without one: ssh-keygen -t ed25519 -N '' -f FILE"
    if "UNPROTECTED PRIVATE KEY" in said:
        return "others can read it, so ssh-keygen refuses it; run chmod 0400 on the file"
    why = shortened(one_line(said), _LONGEST)
    return f"it is no private SSH key ({why}); make one: ssh-keygen -t ed25519 -N '' -f FILE"
