"""HTTP of the slice."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)
