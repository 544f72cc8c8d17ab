"""Variables out of a mapping: typed, with all problems kept until the end."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from environs import Env, EnvValidationError, ValidationError

from provider.settings.unknown import unknown_variables
from proxy.errors import InvalidSetting
from proxy.secrets.reading import read_secret
from proxy.secrets.secret import Secret

PREFIX = "IMAGE_FACTORY_"
_Value = TypeVar("_Value")
_Default = TypeVar("_Default")


class _MappedEnv(Env):
    """An `Env` that knows the mapping it was given and nothing else; an empty variable counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=PREFIX)
        self._environ = dict(environ)
        self.add_parser("parsed", lambda text, parse: parse(text))

    # environs' own asks os.environ first (environs 15.2, Env._get_value).
    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._environ.get(env_key) or default


class Environment:
    """Reads variables by their name without the prefix; a wrong one gives its default, and `problems` lists it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._env = _MappedEnv(environ)
        self._known: list[str] = []
        self._secret_problems: list[str] = []

    def value(self, name: str, default: str, parse: Callable[[str], _Value]) -> _Value:
        """A variable that has a default, written as an operator would write it."""
        self._known.append(f"{PREFIX}{name}")
        found: _Value | None = self._env.parsed(name, default, parse=parse)
        return parse(default) if found is None else found

    def optional(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """A variable that may be missing."""
        return self.value(name, "", lambda text: parse(text) if text else None)

    def secret(self, name: str, parse: Callable[[Secret], Secret] = lambda secret: secret) -> Secret | None:
        """A secret, in the variable or in the file that NAME_FILE names."""
        return self.from_secret(name, parse, None)

    def from_secret(self, name: str, parse: Callable[[Secret], _Value], default: _Default) -> _Value | _Default:
        """What is written in a secret; `parse` raises `InvalidSetting` or `ValidationError` and repeats nothing."""
        variable = f"{PREFIX}{name}"
        self._known += [variable, f"{variable}_FILE"]
        try:
            secret = read_secret(self._environ, variable)
        except InvalidSetting as error:
            self._secret_problems.append(str(error))
            return default
        try:
            return parse(secret) if secret else default
        except (InvalidSetting, ValidationError) as error:
            self._secret_problems.append(f"{variable}: {error.args[0]}")
            return default

    def problems(self) -> Iterable[str]:
        """A line for each variable that is wrong or unknown. Nothing is read afterwards."""
        yield from self._secret_problems
        yield from unknown_variables(self._environ, self._known, PREFIX)
        try:
            self._env.seal()
        except EnvValidationError as error:
            # `seal` gives them by variable; only eager reading gives a list.
            by_variable = cast("Mapping[str, list[str]]", error.error_messages)
            for variable, messages in by_variable.items():
                yield from (f"{variable}: {message}" for message in messages)
