"""The address of a registry's API: its own, or a mirror's."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from proxy.errors import AddressRefused, InvalidSetting
from proxy.http.addresses import split_host


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An API's address; `prefix` goes before every repository (`dockerhub/`, or empty)."""

    scheme: str
    host: str
    prefix: str = ""

    @classmethod
    def of_mirror(cls, registry: str, address: str) -> "Endpoint":
        """The endpoint of a mirror: `http://127.0.0.1:5000`, with a path if the mirror keeps repositories under one.

        Raises:
            InvalidSetting: the text is not such an address.
        """
        expected = "it looks like docker.io=https://mirror.example.com"
        try:
            parts = urlsplit(address)
        except ValueError:
            # `from None`: the error contains the text before an '@', which can be a password.
            raise InvalidSetting(f"the mirror of {registry} is not a valid address; {expected}") from None
        if parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
            raise InvalidSetting(f"the mirror of {registry} is not an http or https address; {expected}")
        try:
            split_host(parts.netloc)
        except AddressRefused as error:
            raise InvalidSetting(f"the mirror of {registry} names no host; {expected}") from error
        path = parts.path.strip("/")
        return cls(parts.scheme, parts.netloc.lower(), f"{path}/" if path else "")

    @property
    def url(self) -> str:
        """The address without a slash at the end."""
        return f"{self.scheme}://{self.host}"

    def path(self, repository: str, rest: str) -> str:
        """The path of something in a repository, by the distribution specification."""
        return f"/v2/{quote(self.prefix + repository)}/{rest}"
