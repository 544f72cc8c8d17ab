"""Read typed variables from a mapping, and collect all problems until the end."""

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
    """An `Env` that only reads the given mapping; an empty variable counts as not set."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(eager=False, prefix=PREFIX)
        self._environ = dict(environ)
        self.add_parser("parsed", lambda text, parse: parse(text))

    # The method of environs reads os.environ first (environs 15.2, Env._get_value).
    def _get_value(self, env_key: str, default: Any) -> Any:
        return self._environ.get(env_key) or default


class Environment:
    """Reads variables by name without the prefix; a wrong one has its default, and `problems` reports it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._env = _MappedEnv(environ)
        self._known: list[str] = []
        self._secret_problems: list[str] = []

    def value(self, name: str, default: str, parse: Callable[[str], _Value]) -> _Value:
        """A variable with a default; the default is text, as in the environment."""
        self._known.append(f"{PREFIX}{name}")
        found: _Value | None = self._env.parsed(name, default, parse=parse)
        return parse(default) if found is None else found

    def optional(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """A variable that may be missing; then it is None."""
        return self.value(name, "", lambda text: parse(text) if text else None)

    def secret(self, name: str, parse: Callable[[Secret], Secret] = lambda secret: secret) -> Secret | None:
        """A secret from the variable, or from the file that NAME_FILE names."""
        return self.from_secret(name, parse, None)

    def from_secret(self, name: str, parse: Callable[[Secret], _Value], default: _Default) -> _Value | _Default:
        """A value parsed from a secret; errors of `parse` (`InvalidSetting`, `ValidationError`) must not repeat it."""
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

    def environment(self, parse: Callable[[Mapping[str, str]], _Value], default: _Value) -> _Value:
        """A value parsed from variables that other programs read too, without our prefix."""
        try:
            return parse(self._environ)
        except InvalidSetting as error:
            self._secret_problems.append(str(error))
            return default

    def problems(self) -> Iterable[str]:
        """A line for each wrong or unknown variable. After this call no variable can be read."""
        yield from self._secret_problems
        yield from unknown_variables(self._environ, self._known, PREFIX)
        try:
            self._env.seal()
        except EnvValidationError as error:
            # `seal` reports the messages by variable; only eager reading reports a list.
            by_variable = cast("Mapping[str, list[str]]", error.error_messages)
            for variable, messages in by_variable.items():
                yield from (f"{variable}: {message}" for message in messages)
