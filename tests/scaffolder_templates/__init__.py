"""The scaffolder templates: their forms accept what the API accepts.

`tests/end_to_end/test_scaffolder_templates.py` runs them in a real Backstage.
"""
