"""Bytes to fingerprints: the visible text with offsets, its tokens, pictures, and compact sketches for likeness.

Takes: bytes or text.
Gives: extracts, tokens, pictures, and sketches that carry their kind and version.
Never: sees a URL, the network, the clock or a setting.
"""
