"""Backups of the database: its rows in a file that SQLite and PostgreSQL restore alike.

`archive.py` has the format of the file, `saving.py` writes the rows of a database into it, `restoring.py` reads them
into another database, and `alone.py` makes sure that nobody else uses that one.
"""
