"""What proves that something is unchanged, and codes that stand for what must not be told.

Takes: keys and values.
Gives: keyed codes.
Never: keeps a key, or gives the way back from a code.
"""
