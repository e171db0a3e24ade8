"""The application for gunicorn and ``flask --app wsgi``."""

import os

import config
from netmeet.app import create_app

app = create_app(config.read(os.environ))
