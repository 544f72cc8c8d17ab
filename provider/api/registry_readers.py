"""What the web part reads from registries by."""

from dataclasses import dataclass

from proxy.secrets.hiding import Hiding
from proxy.versions.versions import Versions


@dataclass(frozen=True, slots=True)
class RegistryReaders:
    """Versions ask with the service's credentials; `hiding` has the last look at what leaves."""

    versions: Versions
    hiding: Hiding
