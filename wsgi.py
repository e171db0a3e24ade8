"""The application for gunicorn and ``flask --app wsgi``."""

import gc
import os

import config
from netmeet.app import create_app
from netmeet.cases import jobs
from netmeet.core import clock
from netmeet.core.db import db

app = create_app(config.read(os.environ))
with app.app_context():
    # An older copy of the database may have been put back by other means than `netmeet restore`.
    jobs.erase_again(clock.now(), ledger=app.config["NETMEET"].erased)
    db.engine.dispose()

# What is loaded now lives as long as the process: the collector need not walk it at every request.
gc.collect()
gc.freeze()
