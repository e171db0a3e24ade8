"""HTTP of the slice."""

from flask import Blueprint

bp = Blueprint("indicators", __name__)
