"""HTTP of signing in and of one's own account."""

from netmeet.accounts.views import account, codes, demo, leaving, proof, signing, users
from netmeet.accounts.views.blueprint import bp

__all__ = ["account", "bp", "codes", "demo", "leaving", "proof", "signing", "users"]
