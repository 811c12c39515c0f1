"""What proves that something is unchanged, and codes that stand for what must not be told.

Takes: files, keys, time-stamp tokens, values.
Gives: seals, ledgers, packages, a yes or a reason; keyed codes.
Never: trusts a clock or a name it has not checked, asks an authority itself, or gives the way back from a code.
"""
