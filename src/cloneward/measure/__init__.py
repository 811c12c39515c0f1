"""Says whether it worked: how large the ecosystem is, how long things took, how often we erred.

Takes: cases, what was seen at their addresses, labels.
Gives: quality and outcome, each with its definition, its denominator and an interval.
Never: writes to a case, or leaves out what it does not know.
"""
