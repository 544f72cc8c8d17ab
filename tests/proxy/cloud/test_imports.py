"""The clouds' libraries cost nothing until a host of their cloud is asked for."""

import subprocess
import sys

LIBRARIES = ("boto3", "botocore", "google.auth", "azure.identity", "msal")


def test_no_library_is_imported_with_the_parts() -> None:
    """Neither by the sources nor by what composes them."""
    code = "import sys, provider.composition.web, provider.composition.worker; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "proxy.cloud.acr" in done.stdout.split()
    assert not set(LIBRARIES) & set(done.stdout.split())
