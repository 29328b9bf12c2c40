"""Alembic's entry: runs the steps on the connection that `migrations.upgrade` holds."""

from alembic import context

from fzbot.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
with context.begin_transaction():
    context.run_migrations()
