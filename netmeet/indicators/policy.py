"""Who may see figures of a unit or a committee; never of a patient."""

from netmeet.core.access import Role, Rules, anyone
from netmeet.core.permissions import Permission as P
from netmeet.organisations.policy import in_own_organisation, in_own_unit

RULES: Rules = {
    P.COMMITTEE_REPORT: {
        Role.COM: [[in_own_organisation]],
    },
    P.DASHBOARD_UNIT_COUNTS: {
        Role.LEAD: [[in_own_unit]],
        Role.MGR: [[in_own_unit]],
    },
    P.INDICATORS_READ: {
        Role.LEAD: [[in_own_unit]],
        Role.MGR: [[in_own_unit]],
        Role.COM: [[in_own_organisation]],
        Role.SYS: [[anyone]],
    },
}
