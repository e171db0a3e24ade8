"""Only the worker sends."""

from netmeet.core.access import Role, Rules, anyone
from netmeet.core.permissions import Permission as P

RULES: Rules = {
    P.NOTIFICATION_SEND: {
        Role.SYS: [[anyone]],
    },
}
