"""Pages in and out of files.

Takes: files at a path it is given.
Gives: raw pages one by one, and problems in place of what could not be read.
Never: interprets what they say.
"""
