"""What Alembic runs for every command: our tables, on the connection that was passed in."""

from alembic import context

from cloneward.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    compare_server_default=True,
    render_as_batch=True,  # SQLite cannot alter a column: the table is copied instead
)
# The caller holds the transaction, so a revision that fails leaves nothing behind.
context.run_migrations()
