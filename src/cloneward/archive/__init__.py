"""Pages and items in and out of files.

Takes: files at a path it is given, and what a browser or a fetch received.
Gives: raw pages and items one by one, addresses of others, problems in place of what could not be read; WARC and WACZ.
Never: interprets what they say.
"""
