"""Parents who live apart: to each other they read as nobody in particular."""

from flask_babel import gettext as _
from sqlalchemy import event

from netmeet.accounts.models import User
from netmeet.core import apart


@event.listens_for(User, "load")
@event.listens_for(User, "refresh")
def _keep_apart(user: User, *_rest: object) -> None:
    """Let somebody who must stay unknown to who asks read as nobody in particular."""
    if user.id in apart.hidden():
        veil(user)


def veil(user: User) -> None:
    """Let the loaded user read as nobody in particular; what is stored stays as it is."""
    User.name.veil(user, _("Den anden forælder"))
    for text in (User.email, User.phone, User.address):
        text.veil(user, "")
