"""SSH keys for signatures, made by the real ssh-keygen."""

import subprocess
from pathlib import Path

from tests.peers.process import require

EMAIL = "factory@example.com"


def make_key(file: Path, passphrase: str = "") -> Path:
    """A new key without a passphrase, or with this one; its public half is beside it, `.pub`."""
    ssh_keygen = require("ssh-keygen", "openssh-client")
    subprocess.run([ssh_keygen, "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", str(file)], check=True)
    return file


def allowed_signers(key: Path) -> Path:
    """The file that lets `git verify-commit` trust the key (git help config, gpg.ssh.allowedSignersFile)."""
    file = key.with_name("allowed-signers")
    file.write_text(f"{EMAIL} {key.with_name(f'{key.name}.pub').read_text()}")
    return file
