"""What domains without a site show: sale pages of parking services, notices of hosts that shut it, bare servers."""

import re
from typing import Final

from cloneward.url import registered_domain

# Services that answer for domains of others; the greater ones of 2026.
_SERVICES: Final = frozenset({
    "above.com", "afternic.com", "bodis.com", "dan.com", "domainmarket.com", "hugedomains.com", "parkingcrew.net",
    "parklogic.com", "sedo.com", "sedoparking.com", "skenzo.com", "undeveloped.com",
})  # fmt: skip
_PARKED: Final = re.compile(
    r"(?:this |the )?domain(?: name)? (?:\S{1,80} )?(?:is|may be) (?:parked|for sale|available for purchase)"
    r"|buy this domain|parked (?:free|for free|courtesy)|domain parking|inquire about this domain"
    r"|(?:make an|make your|submit an) offer (?:on|for) (?:this|the) domain|interested in (?:buying )?this domain"
    r"|domain[^.]{0,80}make (?:an|your) offer|make (?:an|your) offer[^.]{0,80}domain"
    r"|domain (?:est \S )?vendre|dom[ií]nio (?:\S )?venda|dominio (?:e |è )?in vendita|domein (?:is )?te koop"
    r"|домен (?:прода|припаркован)|[域网]名[^。]{0,20}(?:出售|转让|待售|停放)|(?:出售|购买|转让)[^。]{0,10}域名"
    r"|ドメイン[^。]{0,20}(?:販売|売り|パーキング)"
    r"|diese domain (?:steht zum verkauf|kann |ist (?:geparkt|zu verkaufen|reserviert|registriert))"
    r"|este dominio est\S (?:en venta|aparcado)"
    r"|ce (?:nom de )?domaine est (?:\S )?(?:vendre|parqu\S)"
    r"|domain[^.]{0,80}(?:auction|place a bid)|(?:auction|place a bid)[^.]{0,80}domain",
    re.IGNORECASE,
)
_SUSPENDED: Final = re.compile(
    r"(?:account|site|website|domain(?: name)?|page|service) (?:\S{1,80} )?(?:has been |is |was )"
    r"(?:(?:temporarily|currently) )?(?:suspended|disabled|deactivated)"
    r"|(?:account|website|domain) suspended|suspended (?:account|website|domain)"
    r"|unavailable (?:due to|for) legal reasons"
    r"|(?:suspected|reported|flagged|blocked|identified)[^.]{0,40}(?:phishing|deceptive|malware|fraud)"
    r"|(?:phishing|deceptive|fraudulent)[^.]{0,40}(?:suspected|reported|flagged|blocked|disabled|ahead|warning)",
    re.IGNORECASE,
)
# Of notices alone: in longer texts these words say nothing of the site itself.
_SHUT: Final = re.compile(
    r"phishing|suspend(?:ed|u|id|ier)|suspens[oaã]|sospes[oa]|gesperrt|deaktiviert|stillgelegt|désactivé|bloqué"
    r"|geblokkeerd|opgeschort|zawieszon|askıya al|заблокирован|приостановлен|отключ[её]н|封禁|已停用|停止されて",  # noqa: RUF001  Turkish
    re.IGNORECASE,
)
_DEFAULT: Final = re.compile(
    r"welcome to (?:nginx|openresty|caddy|centos)|apache2? [^.]{0,40}default page|it works!|iis windows server"
    r"|test page for the|default web (?:site )?page|web server's default page|default [^.]{0,20}server page"
    r"|(?:successfully|correctly) installed (?:and working|the web server)|web server is (?:installed|working|running)"
    r"|^\s*index of /",
    re.IGNORECASE,
)
_NOTICE: Final = 60  # words
_LONGEST: Final = 300  # words; what stands in for a site is short, and an article on domains is not


def find_parking(text: str, hosts: tuple[str, ...]) -> str:
    """Give what tells that a domain is parked: the service that was reached, or the words; empty where nothing does."""
    service = next((host for host in hosts if registered_domain(host) in _SERVICES), "")
    return service or _find(_PARKED, text)


def find_suspension(text: str) -> str:
    """Give the words by which a host says that it shut a site; empty where it says nothing of the kind."""
    return _find(_SUSPENDED, text) or _find(_SHUT, text, _NOTICE)


def find_default(text: str) -> str:
    """Give the words by which a server shows itself where it has no site to show; empty where there are none."""
    return _find(_DEFAULT, text)


def _find(pattern: re.Pattern[str], text: str, most: int = _LONGEST) -> str:
    if len(text.split(maxsplit=most)) > most:
        return ""
    found = pattern.search(text)
    return found.group() if found else ""
