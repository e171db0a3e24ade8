"""Settings from the environment, frozen. Missing or unsafe ones are all named at once."""

import base64
import binascii
import functools
import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from netmeet.core.sealed import Keyring

ROOT = Path(__file__).resolve().parent
PREFIX = "NETMEET_"
KEYS_FILE = "keys.env"
_KEY_BYTES = 32
_LIMITS = {"FILE_MEGABYTES": 25, "FILES_A_MEETING": 100}
_RETENTION = {"region": 10, "municipality": 5, "practice": 10, "other": 10, "message": 2}


DOORS = ("person", "staff")
Read = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An OpenID provider: a broker in front of MitID, or an employer's own.

    Who comes from it is known by ``issuer`` and the claim ``subject_claim``. The ID token must hold
    ``claims``, and one of the levels ``assurance`` as its ``assurance_claim``. ``extra`` is sent
    along with the request, as the broker's own manual says. ``label`` stands on the button.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str
    scope: str
    subject_claim: str
    assurance_claim: str
    assurance: frozenset[str]
    claims: Mapping[str, str]
    extra: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One installation. ``keyring`` seals; ``mail_url`` is smtp://… or empty in the demo.

    ``providers`` are by door (:data:`DOORS`). ``needs_second_factor`` asks everybody with a
    password for a code of their own device too.
    ``keys_in_file``: the keys are those of ``instance/keys.env``, and may be changed there while
    netmeet runs. ``retention``: for how many years what is over is kept, by the sector that keeps
    it (a case counts the longest of its network) or "message". ``anchors`` is where the log's
    anchors go: a file, or an https address. ``file_megabytes`` and ``files_a_meeting`` are how
    large a file may be, and how many may be put beside a meeting. ``calendars`` are the origins
    that staff's calendars may be fetched from (https://host); none opens no door.
    """

    database_url: str
    secret_key: str
    keyring: Keyring
    mail_url: str
    base_url: str
    metrics_token: str
    demo: bool
    bind: str
    acute_label: str
    acute_number: str
    exit_url: str
    instance: Path
    anchors: str
    keys_in_file: bool
    retention: Mapping[str, int]
    mail_from: str = ""
    needs_second_factor: bool = False
    file_megabytes: int = 10
    files_a_meeting: int = 10
    calendars: frozenset[str] = frozenset()
    providers: Mapping[str, Provider] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """Return the address every message comes from, also the calendar files' organiser."""
        return self.mail_from or f"moede@{self.host}"

    @property
    def erased(self) -> Path:
        """Return the file that says which cases were erased, for when a copy is put back."""
        return self.instance / "erased.log"

    @property
    def is_https(self) -> bool:
        """Tell whether people reach netmeet over TLS; decides the cookie's name and flag."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """Return the public host name."""
        return urlsplit(self.base_url).hostname or ""


def _retention(text: str) -> dict[str, int]:
    """Read ``region=10,municipality=5,…``. Raises ``ValueError`` for anything else."""
    told = [part.strip().partition("=") for part in text.split(",") if part.strip()]
    years: dict[str, int] = {name: int(number) for name, _, number in told}
    if not years.keys() <= _RETENTION.keys() or any(number < 1 for number in years.values()):
        raise ValueError(text)
    return _RETENTION | years


def _keyring(text: str) -> Keyring:
    """Read ``id:base64,…,index:base64``. Raises ``ValueError`` for anything else."""
    keys: dict[int, bytes] = {}
    index = b""
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        key = base64.b64decode(encoded, validate=True)
        if name == "index":
            index = key
        else:
            keys[int(name)] = key
    return Keyring(keys=keys, index_key=index)


def keys_text(keyring: Keyring) -> str:
    """Return the keys as NETMEET_KEYS holds them."""
    named = [(str(number), key) for number, key in keyring.keys.items()]
    named.append(("index", keyring.index_key))
    return ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in named)


def new_keys() -> str:
    """Return a fresh value for NETMEET_KEYS."""
    first, index = os.urandom(_KEY_BYTES), os.urandom(_KEY_BYTES)
    return keys_text(Keyring(keys={1: first}, index_key=index))


def one_more_key(keyring: Keyring) -> Keyring:
    """Return the keys with a fresh one, which seals from now on."""
    fresh = {max(keyring.keys) + 1: os.urandom(_KEY_BYTES)}
    return Keyring(keys={**keyring.keys, **fresh}, index_key=keyring.index_key)


class KeyFile:
    """The keys in ``instance/keys.env``, read again when the file has changed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / KEYS_FILE
        self._read_at = self._changed_at()

    def __call__(self) -> Keyring | None:
        """Return the keys when the file has changed since it was read, else ``None``."""
        changed_at = self._changed_at()
        if changed_at == self._read_at:
            return None
        self._read_at = changed_at
        return _keyring(_from_files(self._path.parent)[f"{PREFIX}KEYS"])

    def _changed_at(self) -> int:
        return self._path.stat().st_mtime_ns if self._path.exists() else 0


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read(environment: Mapping[str, str], *, instance: Path | None = None) -> Settings:
    """Return the settings. Raises ``SystemExit`` with one list of all that is missing or unsafe."""
    folder = instance or Path(environment.get(f"{PREFIX}INSTANCE", ROOT / "instance"))
    values = {**_from_files(folder), **environment}

    def value(name: str, default: str = "") -> str:
        return values.get(PREFIX + name, default)

    problems = []
    demo = value("DEMO") == "1"
    port = environment.get("PORT", "8000")
    bind = value("BIND", f"127.0.0.1:{port}")
    base_url = value("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    own_number = value("ACUTE_NUMBER")
    keyring, retention = None, _RETENTION
    try:
        keyring = _keyring(value("KEYS"))
    except (ValueError, binascii.Error):
        problems.append("NETMEET_KEYS is missing or not of the form 1:<base64>,index:<base64>")
    try:
        retention = _retention(value("RETENTION"))
    except ValueError:
        problems.append(f"NETMEET_RETENTION must name years of {', '.join(_RETENTION)}: region=10")
    limits = _limits(value, problems)
    if len(value("SECRET_KEY")) < _KEY_BYTES:
        problems.append("NETMEET_SECRET_KEY is missing or shorter than 32 characters")
    providers = _providers(value, problems)
    if "://" in value("ANCHORS") and not _is_safe(value("ANCHORS")):
        problems.append("NETMEET_ANCHORS must be a file or begin with https://")
    calendars = _calendars(value, problems)
    problems += _unsafe(demo=demo, bind=bind, base_url=base_url, mail_url=value("MAIL_URL"))
    if problems or keyring is None:
        raise SystemExit("netmeet does not start:\n- " + "\n- ".join(problems))
    return Settings(
        database_url=value("DATABASE_URL", f"sqlite:///{folder / 'netmeet.db'}"),
        secret_key=value("SECRET_KEY"),
        keyring=keyring,
        mail_url=value("MAIL_URL"),
        mail_from=value("MAIL_FROM"),
        base_url=base_url,
        metrics_token=value("METRICS_TOKEN"),
        demo=demo,
        bind=bind,
        acute_label=value(
            "ACUTE_LABEL", "Akuttelefonen" if demo or own_number else "Alarmcentralen"
        ),
        acute_number=own_number or ("1813" if demo else "112"),
        exit_url=value("EXIT_URL", "/roligt"),
        instance=folder,
        needs_second_factor=value("SECOND_FACTOR", "0" if demo else "1") == "1",
        providers=providers,
        retention=retention,
        file_megabytes=limits["FILE_MEGABYTES"],
        files_a_meeting=limits["FILES_A_MEETING"],
        calendars=calendars,
        keys_in_file=f"{PREFIX}KEYS" not in environment,
        anchors=value("ANCHORS", str(folder / "anchors.log")),
    )


def _limits(value: Callable[..., str], problems: list[str]) -> dict[str, int]:
    """Return the limits by name; what is no number, or out of bounds, goes to ``problems``."""
    found = {}
    for name, most in _LIMITS.items():
        text = value(name, "10")
        found[name] = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= found[name] <= most:
            problems.append(f"{PREFIX}{name} must be a number from 1 to {most}")
    return found


def _is_safe(address: str) -> bool:
    """Tell whether what is sent there is sent over TLS, or stays on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _calendars(value: Callable[..., str], problems: list[str]) -> frozenset[str]:
    """Return from where calendars may be fetched; what is no origin goes to ``problems``."""
    found = frozenset(value("CALENDARS").replace(",", " ").split())
    if not all(_is_origin(each) for each in found):
        problems.append("NETMEET_CALENDARS must be origins without a path: https://host")
    return found


def _is_origin(address: str) -> bool:
    """Tell whether it is scheme and host alone, over TLS or on this machine."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port not in {None, 443, 80} else ""
    plain = f"{parts.scheme}://{parts.hostname or ''}{port}"
    return bool(parts.hostname) and _is_safe(address) and address == plain


def _providers(value: Callable[..., str], problems: list[str]) -> dict[str, Provider]:
    """Return the providers that are set, by door; what is wrong with them goes to ``problems``."""
    found = {}
    for door, label in zip(DOORS, ("MitID", "MitID Erhverv"), strict=True):
        prefix = f"OIDC_{door.upper()}_"
        if value(f"{prefix}ISSUER"):
            provider = _provider(functools.partial(_under, value, prefix), label)
            problems += [f"{PREFIX}{prefix}{what}" for what in _lacks(provider)]
            found[door] = provider
    kinds = {(provider.issuer, frozenset(provider.claims.items())) for provider in found.values()}
    if len(kinds) < len(found):
        problems.append(
            "NETMEET_OIDC_PERSON_CLAIMS and NETMEET_OIDC_STAFF_CLAIMS must tell private identities "
            "from those of staff: both come from one issuer"
        )
    return found


def _under(value: Callable[..., str], prefix: str, name: str) -> str:
    """Return the setting of that name under the prefix."""
    return value(f"{prefix}{name}")


def _provider(value: Read, label: str) -> Provider:
    claim, _, levels = value("ASSURANCE").partition("=")
    return Provider(
        issuer=value("ISSUER"),
        client_id=value("CLIENT_ID"),
        client_secret=value("CLIENT_SECRET"),
        label=value("LABEL") or label,
        scope=value("SCOPE") or "openid",
        subject_claim=value("SUBJECT") or "sub",
        assurance_claim=claim,
        assurance=frozenset(level.strip() for level in levels.split(",") if level.strip()),
        claims=dict(parse_qsl(value("CLAIMS"))),
        extra=dict(parse_qsl(value("EXTRA"))),
    )


def _lacks(provider: Provider) -> list[str]:
    """Return what must be set otherwise, each beginning with the name of the setting."""
    parts = urlsplit(provider.issuer)
    problems = []
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        problems.append("ISSUER must begin with https://")
    if not provider.client_id:
        problems.append("CLIENT_ID is missing")
    if not provider.client_secret:
        problems.append("CLIENT_SECRET is missing")
    if not (provider.assurance_claim and provider.assurance):
        problems.append("ASSURANCE is missing: the claim and the levels that are enough")
    if "openid" not in provider.scope.split():
        problems.append("SCOPE must hold openid")
    return problems


def _unsafe(*, demo: bool, bind: str, base_url: str, mail_url: str) -> list[str]:
    """Return what must not be together."""
    host = urlsplit(base_url).hostname or ""
    problems = []
    if demo and not (is_loopback(host) and is_loopback(bind.rsplit(":", 1)[0].strip("[]"))):
        problems.append("NETMEET_DEMO=1 opens every door: it needs a loopback address and BASE_URL")
    if not demo and not base_url.startswith("https://") and not is_loopback(host):
        problems.append("NETMEET_BASE_URL must begin with https://")
    if not demo and not mail_url:
        problems.append("NETMEET_MAIL_URL is missing (smtp://user:password@host:587)")
    return problems


def _from_files(folder: Path) -> dict[str, str]:
    """Return the settings kept in ``instance/keys.env`` by ``netmeet init``."""
    path = folder / KEYS_FILE
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): text.strip() for name, text in pairs}
