"""HTTP of signing in and of one's own account."""

from netmeet.accounts.views import (
    account,
    busy,
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
    "busy",
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
