"""Speaking with others over HTTP: OpenID providers, and servers of calendars.

With providers: code flow with PKCE, nonce and state (OpenID Connect Core 1.0).

What comes back is believed only when signature, issuer, audience, nonce and expiry are right
(§ 3.1.3.7); whether it is enough to sign in is for :mod:`netmeet.accounts.rules.identity`.
"""

import functools
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

import config
from netmeet.accounts.rules.busy import Fault, may_be_fetched
from netmeet.accounts.rules.identity import CLOCKS_DIFFER, LONGEST_LOGIN
from netmeet.formats import processes

_PATIENCE = 5
_LONGEST_FETCH = 20.0
_MOST_BYTES = 5 << 20
_MEMORY_BYTES = 128 << 20
_ALGORITHMS = ["RS256", "PS256", "ES256"]


class UnavailableError(Exception):
    """The provider does not answer."""


class NotFetched(Exception):
    """A calendar could not be fetched; ``why`` says why."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why.value)
        self.why = why


class UntrustedError(Exception):
    """What came back cannot be believed."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What netmeet asked: where the browser goes, and what must be the same on the way back."""

    address: str
    state: str
    nonce: str
    verifier: str


def ask(provider: config.Provider, *, back: str) -> Question:
    """Return the question for the provider, which answers at the address ``back``.

    It is asked to let the human prove who they are anew: on a shared phone its own login may be
    another's. Raises ``UnavailableError``.
    """
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    wishes = {
        **provider.extra,
        "nonce": nonce,
        "prompt": "login",
        "max_age": str(int(LONGEST_LOGIN.total_seconds())),
    }
    if provider.assurance_claim == "acr":
        wishes["acr_values"] = " ".join(sorted(provider.assurance))
    at = _metadata(provider.issuer)["authorization_endpoint"]
    with _client(provider, back) as client:
        address, state = client.create_authorization_url(at, code_verifier=verifier, **wishes)
    return Question(address=address, state=state, nonce=nonce, verifier=verifier)


def claims(
    provider: config.Provider, question: Question, *, code: str, back: str, at: datetime
) -> Mapping[str, Any]:
    """Return the claims of the ID token that the code is good for.

    Raises ``UnavailableError``, and ``UntrustedError`` for a refused code or a token that is not
    for us, not fresh or not the provider's.
    """
    try:
        at_token = _metadata(provider.issuer)["token_endpoint"]
        with _client(provider, back) as client:
            token = client.fetch_token(at_token, code=code, code_verifier=question.verifier)
        return _believed(provider, token, nonce=question.nonce, at=at)
    except requests.RequestException as error:
        raise UnavailableError from error
    except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
        raise UntrustedError from error


def _client(provider: config.Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        scope=provider.scope,
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=_PATIENCE,
    )


def _believed(
    provider: config.Provider, token: Mapping[str, Any], *, nonce: str, at: datetime
) -> Mapping[str, Any]:
    """Return the claims once all of them hold."""
    decoded = _decoded(provider, token["id_token"])
    wanted = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": nonce},
        "auth_time": {"essential": True},
    }
    params = {
        "client_id": provider.client_id,
        "nonce": nonce,
        "access_token": token.get("access_token"),
    }
    found = CodeIDToken(decoded.claims, decoded.header, wanted, params)
    leeway = int(CLOCKS_DIFFER.total_seconds())
    found.validate(now=int(at.timestamp()), leeway=leeway)
    return dict(found)


def _decoded(provider: config.Provider, id_token: str) -> jwt.Token:
    """Return the token, its signature checked; keys that were changed are fetched once anew."""
    try:
        return jwt.decode(id_token, _keys(provider.issuer), algorithms=_ALGORITHMS)
    except (JoseError, ValueError):
        _keys.cache_clear()
        return jwt.decode(id_token, _keys(provider.issuer), algorithms=_ALGORITHMS)


@functools.cache
def _metadata(issuer: str) -> Mapping[str, Any]:
    """Return what the provider says of itself, asked once a process."""
    found = _fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise UnavailableError
    return found


@functools.cache
def _keys(issuer: str) -> KeySet:
    """Return the provider's public keys."""
    return KeySet.import_key_set(_fetched(_metadata(issuer)["jwks_uri"]))  # type: ignore[arg-type]  # JSON as fetched


def _fetched(address: str) -> Mapping[str, Any]:
    try:
        answer = requests.get(address, timeout=_PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        found: Mapping[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise UnavailableError from error
    return found


def calendar_at(address: str, *, allowed: Collection[str]) -> bytes:
    """Return the calendar file at the address, at most five megabytes.

    Only from the ``allowed`` origins, and it may lead nowhere else: the address was typed by
    somebody, and must not open what only this machine can reach. Fetched in a process of its own,
    which is ended when the server takes its time. Raises ``NotFetched``.
    """
    if not may_be_fetched(address, allowed=allowed):
        raise NotFetched(Fault.CLOSED)
    # Judged as it is sent, too: another reader of addresses must not read another host.
    if not may_be_fetched(_prepared(address).url or "", allowed=allowed):
        raise NotFetched(Fault.CLOSED)
    try:
        return _crew().do(address)
    except processes.Failed as no:
        is_large = str(no) == Fault.TOO_LARGE.value
        raise NotFetched(Fault.TOO_LARGE if is_large else Fault.NO_ANSWER) from no


def close() -> None:
    """End the process that fetches; the next calendar starts a new one."""
    _crew().close()


def _prepared(address: str) -> requests.PreparedRequest:
    try:
        return requests.Request("GET", address, headers={"Accept": "text/calendar"}).prepare()
    except (requests.RequestException, ValueError) as error:
        raise NotFetched(Fault.NO_ANSWER) from error


def _begin() -> None:
    """Have nothing more to load."""


def _work(address: str) -> bytes:
    asked, read = _prepared(address), bytearray()
    with requests.Session() as client:
        # The way out is the operator's, but nobody's password goes where somebody typed.
        client.trust_env = False
        client.proxies.update(requests.utils.get_environ_proxies(address))
        with client.send(asked, timeout=_PATIENCE, allow_redirects=False, stream=True) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise processes.Failed(Fault.NO_ANSWER.value)
            for part in answer.iter_content(1 << 16):
                read += part
                if len(read) > _MOST_BYTES:
                    raise processes.Failed(Fault.TOO_LARGE.value)
    return bytes(read)


FETCHING = processes.Trade(begin=_begin, work=_work, memory=_MEMORY_BYTES, seconds=_LONGEST_FETCH)
"""What the process that fetches can do, and for how long."""

_crew = processes.OfThisProcess(lambda: processes.Crew(FETCHING, workers=1))
