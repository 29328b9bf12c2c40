"""Alembic's entry: runs the steps on the connection that `migrations.upgrade` holds."""

from alembic import context

from fzbot.migrations.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
