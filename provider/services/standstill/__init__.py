"""Notices parts of the worker that stand still, and files of its own that are gone, and ends the process for them.

In: what each thread does, noted in `works.py`. Out: lines in the log, a report for /readyz, and in the end an exit with
a code, after which whatever supervises the process starts it again. Start in `watchdog.py`.
"""
