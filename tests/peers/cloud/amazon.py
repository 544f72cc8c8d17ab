"""Amazon's STS and ECR, as far as this service asks them.

Sources: botocore's models `sts/2011-06-15`, `ecr/2015-09-21` and `ecr-public/2020-10-30` (shapes, protocols and
`targetPrefix`), and Amazon's documentation of AssumeRoleWithWebIdentity for the errors.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.loopback import LoopbackServer

USER = "AWS"
AGENT_PATH = "/v1/credentials"
_CREDENTIAL = re.compile(r"AWS4-HMAC-SHA256 Credential=(?P<key>\w+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[\w-]+)/")
_ECR = "AmazonEC2ContainerRegistry_V20150921."
_ECR_PUBLIC = "SpencerFrontendService."


@dataclass
class Amazon(LoopbackServer):
    """Accepts `web_identity` and gives ECR's authorization tokens for `password`; attributes may be changed.

    Attributes:
        web_identity: the token in the file of the service's pod.
        password: of the user `AWS` at the registry.
        lifetime: of authorization tokens.
        images: what DescribeImages answers, by repository: documents of `imageDetails`.
        page_size: of DescribeImages.
        refuses: the actions that the role may not do, such as `ecr:DescribeImages`.
        fails: the actions that end with a server error.
        actions: every action so far, with its region.
    """

    web_identity: str = "pod-identity"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lifetime: timedelta = timedelta(hours=12)
    images: dict[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    page_size: int = 2
    refuses: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()
    actions: list[str] = field(default_factory=list)
    now: datetime | None = None

    def __post_init__(self) -> None:
        super().__init__(self._respond_to)
        self._access_key = f"ASIA{secrets.token_hex(8).upper()}"
        self._session_token = secrets.token_urlsafe(32)

    def _respond_to(self, request: Request) -> Answer | None:
        target = request.headers.get("X-Amz-Target", "")
        if target:
            return self._ecr(request, target)
        if request.path == AGENT_PATH:
            return self._agent(request)
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        return self._sts(form)

    def _agent(self, request: Request) -> Answer:
        """The agent of EKS Pod Identity, or that of ECS."""
        self.actions.append("agent")
        if request.authorization != self.web_identity:
            return Answer(403)
        ends = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        secret, token = secrets.token_hex(20), self._session_token
        document = {"AccessKeyId": self._access_key, "SecretAccessKey": secret, "Token": token, "Expiration": ends}
        return json_answer(200, document)

    def _sts(self, form: Mapping[str, str]) -> Answer:
        self.actions.append(f"sts:{form.get('Action')}")
        if form.get("Action") != "AssumeRoleWithWebIdentity":
            return _sts_error(400, "InvalidAction", "not scripted")
        if form.get("WebIdentityToken") != self.web_identity:
            return _sts_error(
                400, "InvalidIdentityToken", "The web identity token that was passed could not be validated"
            )
        if "sts:AssumeRoleWithWebIdentity" in self.refuses:
            return _sts_error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        ends = datetime.now(UTC) + timedelta(hours=1)
        credentials = (
            f"<AccessKeyId>{self._access_key}</AccessKeyId><SecretAccessKey>{secrets.token_hex(20)}</SecretAccessKey>"
            f"<SessionToken>{self._session_token}</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        )
        return _xml(
            200,
            '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<AssumeRoleWithWebIdentityResult><Credentials>{credentials}</Credentials>"
            "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/image-factory/x</Arn>"
            "<AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser></AssumeRoleWithWebIdentityResult>"
            "</AssumeRoleWithWebIdentityResponse>",
        )

    def _ecr(self, request: Request, target: str) -> Answer:
        public = target.startswith(_ECR_PUBLIC)
        service = "ecr-public" if public else "ecr"
        action = target.removeprefix(_ECR_PUBLIC if public else _ECR)
        signed = _CREDENTIAL.match(request.authorization or "")
        self.actions.append(f"{service}:{action} {signed['region'] if signed else 'unsigned'}")
        token = request.headers.get("X-Amz-Security-Token")
        if signed is None or signed["key"] != self._access_key or token != self._session_token:
            return _error(400, "UnrecognizedClientException", "The security token included in the request is invalid.")
        if f"{service}:{action}" in self.fails:
            return _error(500, "ServerException", "These errors are usually caused by a server-side issue.")
        if f"{service}:{action}" in self.refuses:
            return _error(400, "AccessDeniedException", f"User is not authorized to perform: {service}:{action}")
        match action:
            case "GetAuthorizationToken":
                return json_answer(200, {"authorizationData": self._token() if public else [self._token()]})
            case "DescribeImages":
                return self._described(json.loads(request.body))
            case _:
                return _error(400, "UnknownOperationException", action)

    def _token(self) -> dict[str, object]:
        ends = (self.now or datetime.now(UTC)) + self.lifetime
        token = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        return {"authorizationToken": token, "expiresAt": ends.timestamp(), "proxyEndpoint": "https://unused.example"}

    def _described(self, wanted: Mapping[str, object]) -> Answer:
        details = self.images.get(str(wanted["repositoryName"]))
        if details is None:
            return _error(400, "RepositoryNotFoundException", "The repository does not exist in the registry")
        start = int(str(wanted.get("nextToken") or 0))
        page = details[start : start + self.page_size]
        more = start + self.page_size < len(details)
        return json_answer(200, {"imageDetails": page, **({"nextToken": str(start + self.page_size)} if more else {})})


def _error(status: int, kind: str, message: str) -> Answer:
    return json_answer(status, {"__type": kind, "message": message})


def _sts_error(status: int, code: str, message: str) -> Answer:
    return _xml(
        status,
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>",
    )


def _xml(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), (("Content-Type", "text/xml"),))
