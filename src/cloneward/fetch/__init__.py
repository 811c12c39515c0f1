"""The one door to other people's network.

Takes: an address and a purpose, the settings' rules, a clock.
Gives: what answered there and by which way, capped in size and time; the text records of a name.
Never: connects before the guard has said yes, keeps a cookie, sends a credential, or interprets what it brings.
"""
