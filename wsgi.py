"""The application for gunicorn and ``flask --app wsgi``."""

import gc
import os

import config
from netmeet.app import create_app

app = create_app(config.read(os.environ))

# What is loaded now lives as long as the process: the collector need not walk it at every request.
gc.collect()
gc.freeze()
