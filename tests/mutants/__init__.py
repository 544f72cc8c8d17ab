"""`make mutants`: what the tests of the decisions do not notice.

mutmut changes one thing at a time in the pure modules (`[tool.mutmut]` in pyproject.toml) and runs the nearest tests.
What they do not notice is a survivor: kill it with a test of behaviour, or explain it in one line of `accepted.toml`.
It does not change what stands outside functions, and properties. Start in `__main__.py`; `report.py` judges.
"""
