"""Takes what an address serves, as a visitor would be served, within bounds.

Takes: a candidate, vantages, a browser.
Gives: a capture: exchanges, pictures, documents, and what kept us from more.
Never: judges what it sees, logs in, types anything, solves a challenge, or reaches a private address.
"""
