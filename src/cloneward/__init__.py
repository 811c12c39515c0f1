"""Finds sites that copy yours, proves it, and sees the matter through. Strictly defensive."""

__version__ = "0.1.0"
