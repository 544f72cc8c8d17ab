"""The help of `doctor`."""

from collections.abc import Mapping

from provider.commands.usage import Usage

DOCTOR: Mapping[str, Usage] = {
    "doctor": Usage(
        summary="check what this installation needs",
        description="""\
Changes nothing. Checks the settings, the data folder and its disk, git, the
database, the reports of the worker and of webhooks, the config repository
(with a push that is only tried), and the credentials for GitHub, registries,
Backstage and Slack, and the clock. Says for each whether it works, and what to
do. May be used before the first start, and while the service runs; takes at
most 45 seconds.
""",
        examples=(
            ("image-factory doctor", "Before the first start, and when something does not work"),
            ("image-factory doctor --format json", "For a script"),
        ),
        exit_codes=(
            (0, "everything that could be checked works"),
            (1, "something does not work; its line says what to do"),
        ),
    ),
}
