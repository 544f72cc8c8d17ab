"""Answers "what if" questions: in the command with progress, and in the web part within limits.

In: a question and a way to read the snapshot. Out: `provider.domain.simulation.figures.Simulated`. Start in
`answering.py`; `kept_answers.py` is for the web part.
"""
