"""One frozen object that holds every setting, its default, its line of documentation and its environment variable.

Read from `cloneward.toml` in the workspace; an environment variable `CLONEWARD_` plus the path in capitals, joined
by `__`, wins over the file. An unknown key is an error with a suggestion.
"""

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from cloneward.errors import InputError, RefusedError
from cloneward.url import canonical, host_of, registered_domain

FILE_NAME = "cloneward.toml"
ENV_PREFIX = "CLONEWARD_"

RESIDENTIAL: Final = (
    "residential",
    *("911.re", "922proxy", "bright data", "brightdata", "dataimpulse", "decodo", "geosurf", "honeygain", "infatica"),
    *("ipidea", "iproyal", "lum-superproxy", "luminati", "lunaproxy", "netnut", "nimbleway", "ntnt.io", "oxylabs"),
    *("packetstream", "pia s5", "proxyempire", "smartproxy", "soax", "superproxy"),
)
"""Words by which networks are known that sell the lines of people's homes and phones."""

_SOURCE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A site that may show our content."""

    domain: str = field(metadata={"doc": "Registered domain or host of the partner."})
    may_show: tuple[str, ...] = field(
        default=("*",), metadata={"doc": "Addresses of ours it may show; `*` stands for any text."}
    )
    until: date | None = field(default=None, metadata={"doc": "Last day of the licence, YYYY-MM-DD; none: no end."})


@dataclass(frozen=True, kw_only=True)
class Brand:
    """A name under which people know us."""

    name: str = field(metadata={"doc": "The name as people write it."})


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A time-stamp authority (RFC 3161) that is asked to stamp what we seal."""

    name: str = field(metadata={"doc": "Its name in seals and packages: small letters, digits and hyphens."})
    url: str = field(metadata={"doc": "Where it is asked, as http://timestamp.example/."})
    roots: str = field(
        default="",
        metadata={"doc": "File of the root certificates that it leads to, PEM; else those that the system trusts."},
    )


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """How other people's network is read: `cloneward.fetch.guard.Rules` in the settings."""

    allow: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Hosts that you answer for, each as `host:port`: read though private, on any port, and as fast "
            "as `per_host_s` says."
        },
    )
    resolve: Mapping[str, str] = field(
        default_factory=dict,
        metadata={
            "doc": 'Addresses by name, as `{"*.test" = "127.0.0.1:8080"}`; the most specific name wins, and '
            "`*.test:53` places the name server."
        },
    )
    per_host_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = field(
        default=2.0,
        metadata={"doc": "Seconds between two requests to one registered domain; below 2 only for what `allow` names."},
    )
    max_bytes: Annotated[int, msgspec.Meta(ge=1, le=1024**3)] = field(
        default=64 * 1024**2,
        metadata={"doc": "Most bytes taken of one answer, on the wire and decoded; the rest is left."},
    )
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = field(
        default=30.0, metadata={"doc": "Most seconds for one address, redirects and all."}
    )


@dataclass(frozen=True, kw_only=True)
class Rdap:
    """Where it is told which registry to ask about a domain or an address."""

    bootstrap: str = field(
        default="https://data.iana.org/rdap/",
        metadata={
            "doc": "Address, or folder from the workspace on, of IANA's lists `dns.json`, `ipv4.json` and `ipv6.json` "
            "(RFC 9224); those of an address are read anew each day."
        },
    )


@dataclass(frozen=True, kw_only=True)
class Source:
    """A further place of ours that sites are visited from, as from another country."""

    name: str = field(metadata={"doc": "Its name in vantages and captures: small letters, digits and hyphens."})
    country: str = field(default="", metadata={"doc": "Where it is: two letters of ISO 3166, as `de`."})
    address: str = field(default="", metadata={"doc": "Address of this machine that connections come from."})
    kind: str = field(
        default="own",
        metadata={
            "doc": "`own` or `contracted`; `residential` is refused: those who lend the line never agreed to it."
        },
    )
    operator: str = field(default="", metadata={"doc": "Who runs it, by name; asked for where it is not your own."})


@dataclass(frozen=True, kw_only=True)
class Capture:
    """How addresses are visited, by `capture` and by `check`; options of the commands win."""

    program: str = field(default="", metadata={"doc": "Path of the Chromium to use; else the one on PATH."})
    operator: str = field(default="", metadata={"doc": "Who has it captured; else your user name."})
    purpose: str = field(default="evidence", metadata={"doc": "What for, as it is to stand on record."})
    pages: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = field(
        default=10,
        metadata={"doc": "Most pages of a site that one check visits, where its top, a sitemap or a feed is given."},
    )
    max_bytes: Annotated[int, msgspec.Meta(ge=1, le=1024**3)] = field(
        default=64 * 1024**2, metadata={"doc": "Most bytes of one capture, all its pages together."}
    )
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=600)] = field(
        default=45.0, metadata={"doc": "Most seconds that one page is visited."}
    )
    sources: tuple[Source, ...] = field(
        default=(), metadata={"doc": "Further places of yours to visit from; each gives a vantage."}
    )


_Hours = Annotated[float, msgspec.Meta(gt=0, le=8_760)]


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How often addresses that are watched are visited; `cloneward.capture.schedule.Rules` in the settings."""

    notice_minutes: Annotated[float, msgspec.Meta(ge=1, le=15)] = field(
        default=10.0,
        metadata={"doc": "Minutes between visits while a notice is open: a copy that is back is seen within 15."},
    )
    steps_hours: Annotated[tuple[_Hours, ...], msgspec.Meta(min_length=1)] = field(
        default=(1.0, 3.0, 6.0, 12.0, 24.0, 72.0, 168.0),
        metadata={
            "doc": "Hours to each next visit after a change, the last for good: what moves, moves soon, and what "
            "rests is seen weekly."
        },
    )
    vantages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)] = field(
        default=("desktop", "android-search"),
        metadata={"doc": "From where each is visited, by names of `capture --list`; one alone sees no cloak."},
    )


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Who has which role: names as they are given for operators. Nobody is named: whoever is there is everything."""

    analyst: tuple[str, ...] = field(default=(), metadata={"doc": "Who captures, labels and proposes."})
    approver: tuple[str, ...] = field(default=(), metadata={"doc": "Who approves what others propose."})
    counsel: tuple[str, ...] = field(default=(), metadata={"doc": "Who places holds, unseals, and hands over."})
    privacy: tuple[str, ...] = field(default=(), metadata={"doc": "Who opens the vault, forgets, and reviews."})
    admin: tuple[str, ...] = field(default=(), metadata={"doc": "Who runs the machine; sees no case."})
    cases: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={"doc": "By case, who needs to know of it; a case that is not named is open to each with the role."},
    )


_Days = Annotated[float, msgspec.Meta(ge=0, le=36_500)]


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long what tells of people is kept in clear; a hold always wins. Digests and sealed evidence stay."""

    clear_ids: bool = field(
        default=False,
        metadata={"doc": "Whether ids of people are kept, encrypted, in the vault; else keyed codes alone."},
    )
    vault_days: _Days = field(default=180, metadata={"doc": "Days that a clear id stays in the vault."})
    working_days: _Days = field(default=180, metadata={"doc": "Days that a redacted working copy is kept."})
    quarantine_days: _Days = field(
        default=90, metadata={"doc": "Days that withheld material is preserved for an authority."}
    )


@dataclass(frozen=True, kw_only=True)
class Quarantine:
    """What must not be kept or shown, and what becomes of it."""

    lists: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Files of hashes, from the workspace on: lines of `sha256:`, `sha1:`, `md5:` or `pdq:`."},
    )
    radius: Annotated[int, msgspec.Meta(ge=0, le=31)] = field(
        default=31, metadata={"doc": "Bits in which a picture may differ from a `pdq:` and still count."}
    )
    rule: Literal["destroy", "preserve"] = field(
        default="destroy",
        metadata={"doc": "`destroy`: its digest alone is kept; `preserve`: encrypted for the authority."},
    )


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who writes notices, and is answered."""

    organisation: str = field(default="", metadata={"doc": "Name of the organisation, as it stands in notices."})
    name: str = field(default="", metadata={"doc": "A person to talk to."})
    mail: str = field(default="", metadata={"doc": "Mail address that notices come from and replies go to."})
    postal: str = field(default="", metadata={"doc": "Postal address, on one line; papers of law need it."})
    phone: str = field(default="", metadata={"doc": "Telephone number."})


_Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
_Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Your own mail server and mailbox; nothing goes there in the sandbox."""

    host: str = field(default="", metadata={"doc": "Mail server that takes letters."})
    port: _Port = field(default=587, metadata={"doc": "Its port."})
    security: _Security = field(
        default="starttls", metadata={"doc": "`tls`, `starttls`, or `none` for your own machine alone."}
    )
    user: str = field(default="", metadata={"doc": "User of server and mailbox."})
    password: str = field(default="", metadata={"doc": "Password of that user; better by its environment variable."})
    copy_to: str = field(
        default="",
        metadata={"doc": "Address of the mailbox that a copy of each letter goes to; else that of the sender."},
    )
    imap_host: str = field(default="", metadata={"doc": "Server of the mailbox that replies and copies lie in."})
    imap_port: _Port = field(default=993, metadata={"doc": "Its port."})
    imap_security: _Security = field(default="tls", metadata={"doc": "As `security`."})
    folder: str = field(default="INBOX", metadata={"doc": "Folder of the mailbox."})
    authenticator: str = field(
        default="",
        metadata={"doc": "Name by which your mail server signs its `Authentication-Results`; no other's are believed."},
    )


_Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
_Minutes = Annotated[float, msgspec.Meta(ge=0, le=43_200)]


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """How much may be asked of others, by whom, and how slowly."""

    per_recipient_day: _Count = field(default=20, metadata={"doc": "Notices to one recipient within a day."})
    per_day: _Count = field(default=100, metadata={"doc": "Notices within a day, all together."})
    approvals: Annotated[int, msgspec.Meta(ge=1, le=5)] = field(
        default=1, metadata={"doc": "People who must approve a notice about pages."}
    )
    approvals_grave: Annotated[int, msgspec.Meta(ge=2, le=5)] = field(
        default=2, metadata={"doc": "People who must approve one about a whole domain, or that names a crime."}
    )
    cooling_minutes: _Minutes = field(
        default=10, metadata={"doc": "Minutes between the last approval and the moment that it may leave."}
    )
    cooling_grave_minutes: _Minutes = field(default=60, metadata={"doc": "The same for a grave one."})


@dataclass(frozen=True, kw_only=True)
class Channel:
    """By which channel a party is reached, known by words in the names that registries give it."""

    name: str = field(metadata={"doc": "Name of the party."})
    words: tuple[str, ...] = field(
        default=(), metadata={"doc": "Beginnings of words in its names, in small letters; without any it is not found."}
    )
    part: Literal["host", "registrar", "intermediary", "platform"] = field(
        default="host", metadata={"doc": "What it is to a site."}
    )
    channel: Literal["mail", "form"] = field(
        default="mail", metadata={"doc": "`mail`, or `form` for one that you fill in."}
    )
    address: str = field(metadata={"doc": "Mail address, or address of the form."})
    verified_on: date | None = field(
        default=None, metadata={"doc": "Day on which you saw that it is read; good for ninety days."}
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a workspace can be told. All are optional but `site`."""

    site: str = field(metadata={"doc": "Address of the protected site, as https://example.org/."})
    domains: tuple[str, ...] = field(
        default=(), metadata={"doc": "Further domains of ours; pages there are never called copies."}
    )
    brands: tuple[Brand, ...] = field(default=(), metadata={"doc": "Names under which people know us."})
    partners: tuple[Partner, ...] = field(default=(), metadata={"doc": "Sites that may show our content."})
    database: str = field(default="sqlite:///cloneward.db", metadata={"doc": "SQLAlchemy address of the records."})
    keys: str = field(
        default="",
        metadata={
            "doc": "Folder of the keys, outside the workspace; else `cloneward/keys` in your configuration folder."
        },
    )
    authorities: tuple[Authority, ...] = field(
        default=(),
        metadata={"doc": "Time-stamp authorities that each seal waits for; two or more, of different people."},
    )
    fetch: Fetch = field(default=Fetch(), metadata={"doc": "How other people's network is read."})
    rdap: Rdap = field(default=Rdap(), metadata={"doc": "Which registries are asked who can act."})
    capture: Capture = field(default=Capture(), metadata={"doc": "How addresses are visited."})
    watch: Watch = field(default=Watch(), metadata={"doc": "How often watched addresses are visited."})
    roles: Roles = field(default=Roles(), metadata={"doc": "Who has which role."})
    retention: Retention = field(default=Retention(), metadata={"doc": "How long what tells of people is kept."})
    quarantine: Quarantine = field(
        default=Quarantine(), metadata={"doc": "What must not be kept or shown, and what becomes of it."}
    )
    sandbox: bool = field(
        default=True,
        metadata={"doc": "Whether letters are kept in `outbox/` and nothing leaves; `false` lets approved ones go."},
    )
    sender: Sender = field(default=Sender(), metadata={"doc": "Who writes notices."})
    mail: Mail = field(default=Mail(), metadata={"doc": "Your own mail server and mailbox."})
    quotas: Quotas = field(default=Quotas(), metadata={"doc": "How much may be asked of others."})
    channels: tuple[Channel, ...] = field(
        default=(), metadata={"doc": "Parties and the channels that they read, before those that are shipped."}
    )

    def own_domains(self) -> frozenset[str]:
        """Give the registered domains that are ours: that of `site`, and `domains`."""
        hosts = map(host_of, (self.site, *self.domains))
        return frozenset(registered_domain(host) for host in hosts if host)


def load(file: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a workspace.

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value has the wrong type.
    """
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror}", hint="cloneward init makes a workspace") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not valid TOML: {error}", hint="mend the line it names") from error
    return parse(values, environment, source=str(file))


def parse(values: Mapping[str, Any], environment: Mapping[str, str], *, source: str) -> Settings:
    """Make settings of plain values, environment variables laid over them.

    Raises:
        InputError: a key is unknown, a value has the wrong type, or `site` is no web address; the message names it
            and the source.
    """
    merged = _lay_over(values, Settings, environment, ENV_PREFIX)
    _refuse_unknown(merged, Settings, source)
    try:
        settings = msgspec.convert(merged, Settings, strict=False)
        canonical(settings.site)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # the latter: a variable that is no UTF-8
        raise InputError(f"{source}: {error}", hint="docs/reference/settings.md lists every setting") from error
    except InputError as error:
        raise InputError(f"{source}: site: {error}", hint=error.hint) from error
    for one in settings.capture.sources:
        _check_source(one, source)
    return settings


def _check_source(given: Source, source: str) -> None:
    """Return if a place may be visited from.

    Raises:
        InputError: it has no name that records can carry, no address, or its kind or operator is not told.
        RefusedError: it is one of a residential network.
    """
    what = f"{source}: capture.sources: {given.name!r}"
    told = f"{given.kind} {given.operator}".lower()
    network = next((name for name in RESIDENTIAL if name in told), "")
    if network:
        hint = "visit from machines of your own, or of somebody who rents out machines and is named"
        raise RefusedError(f"{what} is of a residential network ({network})", hint=hint)
    if not _SOURCE_NAME.fullmatch(given.name):
        raise InputError(f"{what} is no name", hint="small letters, digits and hyphens, as `berlin`")
    try:
        ipaddress.ip_address(given.address)
    except ValueError as error:
        raise InputError(f"{what}: {given.address!r} is no address", hint="one that this machine has") from error
    if given.kind not in {"own", "contracted"}:
        raise InputError(f"{what}: {given.kind!r} is no kind of source", hint="own, or contracted")
    if given.kind == "contracted" and not given.operator:
        raise InputError(f"{what} does not say who runs it", hint="operator, by name")


def _lay_over(values: Mapping[str, Any], kind: type, environment: Mapping[str, str], prefix: str) -> dict[str, Any]:
    """Lay our variables over the values of a table; one that reads as a TOML array or table is one, else text."""
    merged = dict(values)
    for item in fields(kind):
        variable = prefix + item.name.upper()
        if variable in environment:
            merged[item.name] = _read_value(variable, environment[variable])
        table, inner = _table_of(item), merged.get(item.name, {})
        if table and isinstance(inner, Mapping):
            merged[item.name] = _lay_over(inner, table, environment, variable + "__")
    return merged


def _table_of(item: Field[Any]) -> type | None:
    """Give the dataclass that a setting is, if it is a table of settings."""
    return item.type if isinstance(item.type, type) and is_dataclass(item.type) else None


def _read_value(variable: str, text: str) -> object:
    if text[:1] not in {"[", "{"}:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{variable} is no TOML value: {text!r}", hint=str(error)) from error


def _refuse_unknown(values: Mapping[str, Any], kind: type, source: str) -> None:
    known = {item.name: item for item in fields(kind)}
    tables = {name: table for name, item in known.items() if (table := _table_of(item))}
    paths = [f"{name}.{item.name}" for name, table in tables.items() for item in fields(table)]
    for key, value in values.items():
        if key not in known:
            near = difflib.get_close_matches(key, [*known, *paths], 1)
            raise InputError(
                f"{source}: unknown setting {key!r}",
                hint=f"did you mean {near[0]!r}?" if near else "docs/reference/settings.md lists every setting",
            )
        if key in tables and isinstance(value, Mapping):
            _refuse_unknown(value, tables[key], f"{source}: [{key}]")
        inner = getattr(known[key].type, "__args__", (None,))[0]
        if is_dataclass(inner) and isinstance(inner, type) and isinstance(value, list):
            for entry in value:
                if isinstance(entry, Mapping):
                    _refuse_unknown(entry, inner, f"{source}: [[{key}]]")
