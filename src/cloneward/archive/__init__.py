"""Pages and items in and out of files.

Takes: files at a path it is given.
Gives: raw pages and items one by one, addresses of others, and problems in place of what could not be read.
Never: interprets what they say.
"""
