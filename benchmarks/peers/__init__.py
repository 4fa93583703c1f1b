"""The realistic policy in other systems, each in its best sane form, stated where it is written.

A module has `make()`, which gives a function from a lead to the answer of `realistic.by_hand`, and raises ImportError
where the system isn't installed.
"""
