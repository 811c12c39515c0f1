"""What a report is made of: a verdict with the texts, records and pictures that it rests on."""

from cloneward.fingerprint.thumbnail import Thumbnail, make_thumbnail
from cloneward.judge.exhibit import Exhibit
from cloneward.judge.pictures import Pair, make_pair
from cloneward.model.finding import Match
from cloneward.workflows.check import Checked
from cloneward.workflows.library import Library


def make_exhibit(checked: Checked, library: Library, *, shows_people: bool) -> Exhibit:
    """Give what a report shows of one target; pictures blurred unless people may be shown."""
    verdict = checked.verdict
    ids = list(dict.fromkeys(match.item for match in verdict.matches))
    records = [match.item for match in verdict.matches if match.kind == "record"]
    return Exhibit(
        verdict=verdict,
        pages=checked.texts,
        items={item: (library.items[item], library.read_text(item)) for item in ids},
        pictures=_pair_pictures(checked, library, shows_people=shows_people),
        records={record.id: record for record in library.read_records(list(dict.fromkeys(records)))},
        screenshot=_take_screenshot(checked, shows_people=shows_people),
    )


def _take_screenshot(checked: Checked, *, shows_people: bool) -> tuple[str, Thumbnail] | None:
    """Give the first screenshot that there is: of the page with the strongest match, else of the address itself."""
    renderings = checked.captured.renderings if checked.captured else ()
    best = max(checked.verdict.matches, key=_count_words, default=None)
    ranked = sorted(renderings, key=lambda one: best is None or one.final_url != best.page)
    for rendering in filter(lambda one: one.viewport, ranked):
        thumbnail = make_thumbnail(rendering.viewport, is_blurred=not shows_people)
        if thumbnail is not None:
            return rendering.final_url, thumbnail
    return None


def _count_words(match: Match) -> int:
    return sum(span.words for span in match.spans)


def _pair_pictures(checked: Checked, library: Library, *, shows_people: bool) -> dict[int, list[Pair]]:
    """Give, by the position of a match, our picture with what is shown of it outlined, and theirs."""
    places = {id(match): at for at, match in enumerate(checked.verdict.matches)}
    return {
        places[id(match)]: [make_pair(library.gallery.read(ours), theirs, match.transform, shows_people=shows_people)]
        for match, theirs, ours in checked.pictures
        if id(match) in places
    }
