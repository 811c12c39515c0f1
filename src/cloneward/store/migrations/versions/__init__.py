"""The revisions, one file each, in the order of their numbers.

Takes: the tables of the revision before.
Gives: its own tables.
Never: changes once released: a database out there stands on it.
"""
