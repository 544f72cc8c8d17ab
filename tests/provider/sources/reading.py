"""Read one file from a source, for tests of single files."""

from provider.domain.enrollment import Source
from provider.ports import SourceFile, SourceRepository
from proxy.errors import Never


def read(repository: SourceRepository, source: Source, path: str = "Dockerfile") -> SourceFile:
    """The file; what the port returns as a failure of this file is raised."""
    match repository.files(source, [path])[path]:
        case SourceFile() as file:
            return file
        case Never() as error:
            raise error
