"""The nouns of the house: frozen values that the stages exchange, and their way to JSON and back.

Takes: nothing.
Gives: items, pages, matches, verdicts and problems.
Never: does I/O, or anything but check itself.
"""
