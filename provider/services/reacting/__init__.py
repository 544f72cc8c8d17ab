"""How the worker reacts to what happens outside and to what people ask for, within a second.

In: open requests in the database, and the time of the next decision. Out: reactions of the worker. Start in
`watching.py`; `wanted.py` says what one reaction does, `steps.py` lets it go before the next step of a round.
"""
