"""The language of a page, and its catalogue."""

from functools import cached_property
from typing import Any

from flask_babel import Babel, Domain, get_locale


class Catalogue(Domain):  # type: ignore[misc]  # the package has no types
    """The catalogues by language, found once a language and not anew for every sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._by_language: dict[str, Any] = {}

    def get_translations(self) -> Any:
        """Return the catalogue of the language of the request, or of no language outside one."""
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        found = self._by_language.get(locale.language)
        if found is None:
            found = self._by_language[locale.language] = super().get_translations()
        return found


class Languages(Babel):  # type: ignore[misc]  # the package has no types
    """Flask-Babel with :class:`Catalogue`."""

    @cached_property
    def domain_instance(self) -> Catalogue:
        """Return the one catalogue of the application."""
        return Catalogue(domain=self.domain)
