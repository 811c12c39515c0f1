"""Words of made-up pages: the same for the same name, and for no other."""

import hashlib
from html import escape
from random import Random

NOUNS = (
    "harbour lantern orchard kettle meadow violin ladder compass pebble garden engine ribbon saddle window bridge "
    "candle forest marble pocket island thimble anchor barrel cabin feather glacier hammer jacket kitchen letter"
    " mirror "
    "needle oven paddle quarry river shutter tunnel valley walnut"
).split()
VERBS = (
    "carries follows mends finds paints measures turns lifts counts borrows gathers holds opens keeps leaves repairs "
    "warms weighs answers brings covers draws guards hides joins"
).split()
ADJECTIVES = (
    "quiet narrow copper early distant patient wooden bright hollow northern careful sudden gentle rusty woven heavy "
    "shallow golden plain curious steady frozen modest ancient slender"
).split()


def name_marker(name: str) -> str:
    """A word that stands on no other page."""
    return "mk" + hashlib.sha256(f"marker of {name}".encode()).hexdigest()[:14]


def tell(name: str, sentences: int = 8) -> str:
    """A text of some eight words a sentence."""
    rng = Random(f"words of {name}")
    told = []
    for _ in range(sentences):
        left, right = rng.sample(NOUNS, 2)
        told.append(
            f"The {rng.choice(ADJECTIVES)} {left} {rng.choice(VERBS)} a {rng.choice(ADJECTIVES)} {right} "
            f"near the {rng.choice(NOUNS)}."
        )
    return " ".join(told)


def write_page(title: str, body: str, head: str = "", *, attributes: str = "") -> bytes:
    """A page with a title, in UTF-8."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>\n'
        f"<body{attributes}><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    ).encode()
