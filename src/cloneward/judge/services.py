"""Well-known hosts that show other people's pages without claiming them: archives and intermediaries.

Only the host decides: what a page says of itself, a clone can say too. The list is of public documentation, as last
gone through on the day below; a host that is missing is judged like any other, and a person sees it.
"""

from typing import Final

from cloneward.model.case import Standing

REVIEWED: Final = "2026-11-24"

# Hosts and their subdomains. Not whole providers: archive.org also shows what its users upload.
_ARCHIVES = frozenset(
    "web.archive.org wayback.archive.org archive-it.org archive.today archive.ph archive.is archive.li archive.md "
    "archive.vn archive.fo perma.cc webcitation.org ghostarchive.org arquivo.pt webarchive.org.uk "
    "webarchive.nationalarchives.gov.uk webarchive.loc.gov conifer.rhizome.org megalodon.jp vefsafn.is".split()
)
# Caches, translations, readers and previews.
_INTERMEDIARIES = frozenset(
    "webcache.googleusercontent.com translate.googleusercontent.com translate.goog cc.bingj.com yandexwebcache.net "
    "translated.turbopages.org cdn.ampproject.org r.jina.ai 12ft.io printfriendly.com feedly.com inoreader.com "
    "instapaper.com getpocket.com newsblur.com".split()
)


def find_service(host: str) -> Standing | None:
    """Give `archive` or `intermediary` for a host of a known service or below one, else none."""
    labels = host.lower().rstrip(".").split(".")
    names = {".".join(labels[start:]) for start in range(len(labels))}
    if names & _ARCHIVES:
        return "archive"
    return "intermediary" if names & _INTERMEDIARIES else None
