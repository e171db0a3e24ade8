"""HTTP of the slice."""

from flask import Blueprint

bp = Blueprint("actions", __name__)
