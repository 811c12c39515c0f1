"""Fingerprints to matches: which items a page shares text with, where, and how much.

Takes: fingerprints, an index.
Gives: matches with measure and spans.
Never: decides.
"""
