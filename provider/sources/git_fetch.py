"""Fetches files of a git repository: into a bare repository, with one commit and only those files."""

from collections.abc import Sequence
from dataclasses import dataclass

from provider.git.command import GitCommand, GitOutput
from provider.git.failures import source_failure_of
from provider.sources.file_text import MOST_BYTES, too_large
from proxy.errors import NoSuchBranch, NoSuchFile, NotFound, OutsideFailure

_FILE_MODES = {"100644", "100755"}
_KINDS = {"040000": "a folder", "120000": "a symbolic link; name the file itself", "160000": "a submodule"}
_WITHOUT_FILES = "--filter=blob:none"
# In lower case: how git reports a missing branch.
_NO_BRANCH = "couldn't find remote ref"


@dataclass(frozen=True, slots=True)
class GitFetch:
    """Fetches from one remote repository.

    Attributes:
        git: git in an empty folder.
        address: a valid address, without credentials.
        branch: the branch; None for the default branch.
    """

    git: GitCommand
    address: str
    branch: str | None

    def read(self, paths: Sequence[str]) -> tuple[dict[str, bytes | NotFound], str]:
        """The content of each file, or why it has none, and the id of the commit.

        Raises:
            NotFound, Refused, Unavailable: see the port.
            CheckoutUnwritable, RepositoryBroken: a failure of this machine; see provider.errors.
        """
        doing = f"fetch {', '.join(paths)} from {self.address}"
        self.git.run("init", "-q", "--bare", "--template=", ".", doing=doing)
        self._fetch(doing)
        commit = self.git.run("rev-parse", "FETCH_HEAD^{commit}", doing=doing)
        return {path: self._file(commit, path, doing) for path in paths}, commit

    @property
    def _ref(self) -> str:
        return f"refs/heads/{self.branch}" if self.branch else "HEAD"

    def _fetch(self, doing: str) -> None:
        # Most servers without support for filters warn and send everything; some end the connection instead.
        filtered = self._fetched(_WITHOUT_FILES)
        if filtered.status == 0:
            return
        if "filter" not in filtered.stderr:
            raise self._failure(doing, filtered.stderr)
        # The first try stored its filter in the configuration of the repository.
        whole = self._fetched("--no-filter")
        if whole.status != 0:
            raise self._failure(doing, whole.stderr)

    def _fetched(self, *options: str) -> GitOutput:
        return self.git.ask_remote("fetch", "-q", "--depth=1", "--no-tags", *options, "--", self.address, self._ref)

    def _file(self, commit: str, path: str, doing: str) -> bytes | NotFound:
        try:
            return self._content(self._blob(commit, path, doing), path, doing)
        except NotFound as error:
            return error

    def _blob(self, commit: str, path: str, doing: str) -> str:
        listed = self.git.run("ls-tree", "-z", commit, "--", path, doing=doing).rstrip("\0")
        if not listed:
            raise NoSuchFile(f"{self.address}: there is no {path} on {self.branch or 'the default branch'}")
        mode, _, blob = listed.partition("\t")[0].split(" ")
        if mode not in _FILE_MODES:
            raise NotFound(f"{self.address}: {path} is {_KINDS.get(mode, 'not a file')}")
        return blob

    def _content(self, blob: str, path: str, doing: str) -> bytes:
        # Reading the size makes git fetch this file, which the filter left out.
        size = self.git.ask_remote("cat-file", "-s", blob)
        if size.status != 0:
            raise self._failure(doing, size.stderr)
        if int(size.text) > MOST_BYTES:
            raise too_large(f"{self.address}: {path}", int(size.text))
        content = self.git.ask("cat-file", "blob", blob)
        if content.status != 0:
            raise self._failure(doing, content.stderr)
        return content.output

    def _failure(self, doing: str, stderr: str) -> OutsideFailure:
        if _NO_BRANCH in stderr.lower():
            branch = f"no branch {self.branch}" if self.branch else "no commits yet"
            return NoSuchBranch(f"{self.address} has {branch}")
        return source_failure_of(doing, stderr, self.git.login)
