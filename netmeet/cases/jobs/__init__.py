"""What the worker does with cases: rights that end by the calendar, and erasing in time."""

from netmeet.cases.jobs.erasing import erase_again, erase_due
from netmeet.cases.jobs.passing import pass_day

__all__ = ["erase_again", "erase_due", "pass_day"]
