"""Amazon's registries: ECR by its own authorization tokens, which are valid for 12 hours.

Sources: Amazon's documentation ("Private registry authentication", "Amazon ECR endpoints and quotas"), the patterns of
github.com/awslabs/amazon-ecr-credential-helper (`ecr-login/api/client.go`), and botocore's documentation of events.
"""

import base64
import binascii
import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from proxy.cloud.sending import LibrarySender, library_call
from proxy.errors import Garbage, NotConfigured
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret

# The second name of the same registry also has IPv6 (documentation: "Getting started with making requests over IPv6").
PUBLIC_HOSTS = frozenset({"public.ecr.aws", "ecr-public.aws.com"})
# Its tokens are issued in this region only (documentation of GetAuthorizationToken of ECR Public).
_PUBLIC_REGION = "us-east-1"
_PRIVATE_HOST = re.compile(
    r"(?P<account>[0-9]{12})\.dkr[.-]ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(?P<domain>amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)(:[0-9]+)?"
)


@dataclass(frozen=True, slots=True)
class AmazonRegistry:
    """What a host's name says about an Amazon registry; `account` is empty for the public one."""

    account: str
    region: str
    fips: bool = False
    dual_stack: bool = False


def amazon_registry(host: str) -> AmazonRegistry | None:
    """The registry of a host (`123456789012.dkr.ecr.eu-west-1.amazonaws.com`); None if it is not Amazon's."""
    if host in PUBLIC_HOSTS:
        return AmazonRegistry("", _PUBLIC_REGION)
    found = _PRIVATE_HOST.fullmatch(host)
    if found is None:
        return None
    return AmazonRegistry(found["account"], found["region"], bool(found["fips"]), found["domain"].startswith("on."))


class AmazonClients:
    """boto3's clients for ECR, made when first needed. Safe to use from many threads.

    Their requests and those for the identity (STS) go through our sender: botocore asks `before-send` for an answer
    before it sends a request itself. Only the metadata servers of EC2 and ECS are asked by botocore's own connections,
    at addresses that no image can change, for at most some seconds.

    Args:
        sender: sends their requests.
        active: whether the service has an identity of Amazon.
    """

    def __init__(self, sender: LibrarySender, *, active: bool) -> None:
        self.active = active
        self._sender = sender
        self._lock = threading.Lock()
        self._session: Any = None
        self._clients: dict[AmazonRegistry, Any] = {}

    def of(self, registry: AmazonRegistry) -> Any:
        """The client for a registry's region.

        Raises:
            ImportError: boto3 is not installed.
        """
        with self._lock:
            client = self._clients.get(registry)
            if client is None:
                client = self._clients[registry] = self._open(registry)
            return client

    def _open(self, registry: AmazonRegistry) -> Any:
        import boto3
        from botocore.config import Config

        if self._session is None:
            self._session = boto3.session.Session()
            self._session.events.register("before-send", self._sent)
        config = Config(
            use_fips_endpoint=registry.fips,
            use_dualstack_endpoint=registry.dual_stack,
            retries={"total_max_attempts": 1},
        )
        service = "ecr" if registry.account else "ecr-public"
        return self._session.client(service, region_name=registry.region, config=config)

    def _sent(self, request: Any, **_: object) -> object:
        from botocore.awsrequest import AWSResponse

        headers = {name: _text(value) for name, value in request.headers.items()}
        answer = self._sender.send(request.method, request.url, headers, _bytes(request.body))
        return AWSResponse(answer.url, answer.status, dict(answer.headers), _Body(answer.body))


class AmazonCredentials(CredentialSource):
    """Authorization tokens for Amazon's registries by the identity of this service."""

    def __init__(self, clients: AmazonClients) -> None:
        self._clients = clients

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return amazon_registry(host) is not None

    def needed(self, host: str) -> bool:
        """See the protocol; only the public registry has anything for anonymous requests."""
        return host not in PUBLIC_HOSTS

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:  # noqa: ARG002 - the whole host
        """See the protocol."""
        registry = amazon_registry(host)
        if registry is None:
            return None
        if not self._clients.active:
            raise NoneForOwner(
                f"{host} is a registry of Amazon: add it to the auth file, or set IMAGE_FACTORY_CLOUD_CREDENTIALS=aws "
                f"where the service runs with a role of AWS"
            )
        with library_call(f"AWS issued no credentials for {host}", _REMEDY, amazon_reason):
            try:
                client = self._clients.of(registry)
            except ImportError as error:
                raise NotConfigured(f"install image-factory[aws], or add {host} to the auth file") from error
            answer = client.get_authorization_token()
        return _issued(answer, host)


_REMEDY = "check the service's role and its policy (ecr:GetAuthorizationToken, ecr:BatchGetImage), or use the auth file"


class _Body(io.BytesIO):
    """An answer's body as botocore reads it."""

    def stream(self, amt: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: ARG002, FBT001
        """See urllib3's response: all of it at once."""
        yield self.read()


def amazon_reason(error: Exception) -> str:
    """What a service of Amazon answered; botocore's own text also counts its attempts."""
    said = getattr(error, "response", {}).get("Error", {})
    return f"{said.get('Code')}: {said.get('Message')}" if said else str(error)


def _issued(answer: Any, host: str) -> IssuedCredentials:
    # ECR has a list with one entry, ECR Public has the entry itself.
    data = answer.get("authorizationData")
    entry = data[0] if isinstance(data, list) and data else data
    try:
        username, colon, password = base64.b64decode(entry["authorizationToken"]).decode().partition(":")
        expires_at = entry["expiresAt"].astimezone(UTC)
    except (KeyError, TypeError, AttributeError, binascii.Error, ValueError):
        raise Garbage(f"AWS sent no authorization token for {host}; retried later") from None
    if not colon:
        raise Garbage(f"AWS sent an authorization token for {host} that has no password; retried later")
    return IssuedCredentials(BasicCredentials(username, Secret(password)), expires_at)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: object) -> bytes | None:
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else None
