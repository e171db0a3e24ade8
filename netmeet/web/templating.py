"""How templates are made ready."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Flask's environment, whose templates look up what all share in one step.

    Jinja lets what all share change after a template has been loaded, and pays for it at every
    import and include. Here it is complete before the first page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what every template knows, and ``d`` over it."""
        return {**self.globals, **(d or {})}
