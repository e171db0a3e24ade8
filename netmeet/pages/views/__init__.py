"""HTTP of the screens over many slices. Each module below adds its pages to ``bp``."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
