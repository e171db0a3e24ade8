"""Run migrations on the application's database; one revision a transaction."""

import importlib
import importlib.util
import pkgutil

from alembic import context
from flask import current_app
from sqlalchemy import text

import netmeet

for part in pkgutil.iter_modules(netmeet.__path__, "netmeet."):
    if part.ispkg and importlib.util.find_spec(f"{part.name}.models"):
        importlib.import_module(f"{part.name}.models")

config = context.config
engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata

with engine.connect() as connection:
    driver = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '4s'"))
        connection.commit()
    else:
        # A batch makes a table anew, which SQLite refuses while other rows point to the old one.
        # Whatever comes of it, nobody else is handed this connection.
        connection.detach()
        driver.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.in_transaction():
        connection.commit()
    if connection.dialect.name == "sqlite":
        lost = driver.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            message = f"rows that point to nothing: {sorted({row[0] for row in lost})}"
            raise RuntimeError(message)
