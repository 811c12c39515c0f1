"""Files that pages refer to, by their digests: what was taken byte for byte.

A file that many sites carry says nothing, and no list knows them all. So only what names nothing shared is given a
digest: it is no font, is not small, bears no name of a well-known package, and no licence stands at its beginning, as
makers of packages put one there. What is left out is as if it were not there.
"""

import re

from cloneward.fingerprint.kinds import Kind
from cloneward.model.ids import digest_bytes

ASSET = Kind("asset", 1)
ICON = Kind("icon", 1)
MIN_BYTES = 512
"""Smaller files are spacers, bullets and arrows: the note sign of every Sphinx site has 286 bytes."""

# What a packer or licence leaves at the beginning of a file that is meant for others.
_HEAD_BYTES = 4096
_SHARED = re.compile(
    rb"/\*!|@licen[cs]e|@preserve|licen[cs]ed under|licen[cs]e:|SPDX-License|creativecommons\.org",
    re.IGNORECASE,
)
_FONTS = (b"wOFF", b"wOF2", b"OTTO", b"ttcf", b"\x00\x01\x00\x00\x00")
_PACKAGES = re.compile(
    r"jquery|bootstrap|fontawesome|font-awesome|normalize|modernizr|popper|react|vue|angular|lodash|underscore|backbone|"
    r"moment|swiper|slick|owl\.?carousel|lightbox|fancybox|masonry|isotope|leaflet|d3\.|three\.|chart\.?js|highlight|"
    r"prism|pygments|mathjax|katex|polyfill|html5shiv|gtag|gtm|analytics|adsbygoogle|recaptcha|hcaptcha|turnstile|"
    r"wp-(?:emoji|embed|block|includes)|doctools|searchtools|sphinx|basic\.css|classic\.css|alabaster|furo|"
    r"docusaurus|mkdocs|doxygen|javadoc|rustdoc|gravatar|emoji",
    re.IGNORECASE,
)


def digest_asset(name: str, content: bytes) -> str | None:
    """Give the SHA-256 of a file, or none where many sites may carry the same one."""
    if len(content) < MIN_BYTES or content.startswith(_FONTS):
        return None
    if _PACKAGES.search(name) or _SHARED.search(content[:_HEAD_BYTES]):
        return None
    return digest_bytes(content)
