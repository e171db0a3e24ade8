"""HTTP of the slice: request, meeting, preparation and agenda."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)
