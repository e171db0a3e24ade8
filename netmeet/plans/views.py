"""HTTP of the slice."""

from flask import Blueprint

bp = Blueprint("plans", __name__)
