"""*Det ser …*: the true page of somebody else, before and after the yes; and who has what."""

import re

import pytest
from sqlalchemy import func, select

from netmeet.cases import queries, service
from netmeet.cases.models import Consent
from netmeet.cases.rules import Scope
from netmeet.core.db import db
from tests.plan_world import publish  # noqa: F401 - see below
from tests.world import now
