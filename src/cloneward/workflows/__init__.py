"""The order of the steps: the only place that knows it.

Takes: a request.
Gives: what the steps gave, in order.
Never: looks inside content.
"""
