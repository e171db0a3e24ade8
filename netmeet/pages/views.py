"""HTTP of the slice."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
