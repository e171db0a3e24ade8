"""The application for gunicorn and ``flask --app wsgi``."""

import os

import config
from netmeet.app import create_app
from netmeet.cases import jobs
from netmeet.core import clock
from netmeet.core.db import db
from netmeet.core.memory import settle
from netmeet.web.precedence import Precedence

app = create_app(config.read(os.environ))
with app.app_context():
    # An older copy of the database may have been put back by other means than `netmeet restore`.
    jobs.erase_again(clock.now(), ledger=app.config["NETMEET"].erased)
    db.engine.dispose()

app.wsgi_app = Precedence(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to wrap
settle()
