"""Putting a picture or a paper beside a meeting."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField

from netmeet.web.forms import LINE, Form, at_most


class FileForm(Form):
    """The file, and in the sender's own words what it is.

    Without words the list says whether it is a picture or a paper: nobody must choose a file twice
    because of a line. Who may be left out is handed in.
    """

    file = FileField(_("Tag et billede, eller vælg en fil"))
    title = StringField(_("Hvad er det?"), validators=[at_most(LINE)])
    kept = BooleanField()
    point = HiddenField()

    @property
    def sent(self) -> bytes:
        """Return what is in the file, nothing when none was chosen."""
        content: bytes = self.file.data.read() if self.file.data else b""
        return content
