"""HTTP of the plan: reading, writing, sending out, answering, and paper."""

from flask import Blueprint

bp = Blueprint("plans", __name__)

from netmeet.plans.views import answer, correct, edit, paper, reading, send_out  # noqa: E402 - they use bp

__all__ = ["answer", "bp", "correct", "edit", "paper", "reading", "send_out"]
