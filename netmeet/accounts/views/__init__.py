"""HTTP of signing in and of one's own account."""

from netmeet.accounts.views import (
    account,
    codes,
    demo,
    leaving,
    proof,
    providers,
    second,
    sessions,
    signing,
    staffing,
    users,
)
from netmeet.accounts.views.blueprint import bp

__all__ = [
    "account",
    "bp",
    "codes",
    "demo",
    "leaving",
    "proof",
    "providers",
    "second",
    "sessions",
    "signing",
    "staffing",
    "users",
]
