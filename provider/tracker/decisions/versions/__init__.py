"""Versions as people read them: from tags to comparable keys, and which release is the latest. Pure.

Start in `order.py`. `natural.py` reads any tag (`words.py` has the words that it knows), `forms.py` says which tags are
versions in each form, `families.py` which component and scheme of a mixed list counts, `choices.py` which components
there are, `variants.py` which tags are builds of one version, `expressions.py` compiles the filters that people write.
"""
