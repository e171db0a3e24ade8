"""The slice's addresses hang on this."""

from flask import Blueprint

bp = Blueprint("cases", __name__)
