"""Signing in as a person: who somebody is according to another service, and what that permits here.

In: what a provider, a proxy or Backstage says of a person. Out: a `SignedInPerson`, which a session keeps, and the
caller that this person is under the present settings. Start in `person.py`.
"""
