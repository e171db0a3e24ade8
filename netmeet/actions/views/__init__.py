"""HTTP of agreements: capture in the meeting, reading and reporting."""

from flask import Blueprint

bp = Blueprint("actions", __name__)
