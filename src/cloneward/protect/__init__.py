"""What the owner asks us to protect becomes items.

Takes: pages and records from their owner.
Gives: items with their bytes and text, ready to be stored.
Never: changes the owner's site.
"""
