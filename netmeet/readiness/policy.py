"""Who may see what a meeting lacks."""

from netmeet.cases.policy import in_network
from netmeet.core.access import Role, Rules
from netmeet.core.permissions import Permission as P

RULES: Rules = {
    P.READINESS_READ: {
        Role.LEAD: [[in_network]],
    },
    P.READINESS_OVERRIDE_COMPOSITION: {
        Role.LEAD: [[in_network]],
    },
}
