"""Our own pages with their marks: read again only where they may quote somebody."""

import re
from collections.abc import Callable

from cloneward.fingerprint.extract import extract
from cloneward.model.content import Extract

# Most pages have none; to look for it is far cheaper than to read the page.
_QUOTATION = re.compile(rb"<(?:blockquote|q)[\s>/]", re.IGNORECASE)


def read_original(body: bytes, read_text: Callable[[], str]) -> Extract | None:
    """Give the page that an item was made from.

    None where it has no quotation, and where its text is not the one that spans count in: a server had declared
    another charset, or the item is a record of text.
    """
    if not _QUOTATION.search(body):
        return None
    original = extract(body)
    return original if original.text == read_text() else None
