"""The form of the one decision about readiness."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField

from netmeet.web.forms import LINE, VersionedForm, at_most, required


class ReasonForm(VersionedForm):
    """Why the meeting is held although a sector is missing."""

    reason = TextAreaField(
        _("Hvorfor holder I mødet alligevel?"), validators=[required(), at_most(LINE)]
    )
