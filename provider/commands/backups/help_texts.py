"""The help of `backup` and `restore`."""

from collections.abc import Mapping

from provider.commands.usage import Usage

BACKUPS: Mapping[str, Usage] = {
    "backup": Usage(
        summary="save what cannot be made again from git",
        description="""\
Writes a file with the release tracker, the outbox, the audit, open requests of
people and events, as they are at one moment; with the config repository too,
where the service made it and no remote is set. Changes nothing else; the
service may be running. The file is for this user alone, and has no settings, no
tokens and no sessions. It can be restored into SQLite and PostgreSQL.
""",
        examples=(("image-factory backup /backups/image-factory.zip", "Every night, from cron or a timer"),),
        exit_codes=(
            (0, "the backup was written"),
            (1, "the database, the config repository or the file cannot be used; an earlier file stays"),
        ),
    ),
    "restore": Usage(
        summary="restore a backup, while the service is stopped",
        description="""\
Checks the whole file, then replaces the database by what the backup has, and
upgrades it to this version: all of it, or nothing is changed. Restores the
config repository too, where the backup has it and no remote is set; what is in
its place is moved beside it. Refuses while a service uses the database.
""",
        examples=(
            ("image-factory restore /backups/image-factory.zip", "Into a new installation"),
            ("image-factory restore /backups/image-factory.zip --yes", "In the place of what is there"),
        ),
        exit_codes=(
            (0, "the backup was restored"),
            (1, "the file, the database or the config repository cannot be used; nothing was changed"),
        ),
    ),
}
