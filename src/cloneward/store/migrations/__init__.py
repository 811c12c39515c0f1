"""What Alembic reads to bring an older database to the tables of this release.

Takes: a connection.
Gives: the same database, one revision further or back.
Never: is imported by the product; Alembic runs these files by their paths.
"""
