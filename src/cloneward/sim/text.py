"""Seeded prose with a large vocabulary, so that unrelated pages share no long run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloneward.sim.page import Block, Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

NOUNS: Final = tuple(
    """
    account acre address advice agency agreement airport album alley altar amount
    anchor angle animal answer apple apron arch area argument arrival article artist
    autumn avenue axle baker balcony ballad bank banner bargain barn barrel basin basket
    bay beach beam bell bench bicycle bird blanket blossom board boat bolt border bottle
    boundary bowl branch brass bread breakfast breeze brick bridge broom brother brush
    bucket builder bundle butter button cabin cable calendar camera camp canal candle
    canvas captain cargo carpenter carpet carriage cart castle cattle ceiling cellar
    century chain chair chalk channel chapel chapter charcoal chart cheese cherry
    chimney choir church circle citizen clay clerk cliff clinic clock cloth cloud coach
    coal coast coat coffee collar college colony column comet commerce committee compass
    concert copper corner cottage cotton council counter country courage court cousin
    cradle craft crane creek crew crop crowd crown cupboard current curtain custom dairy
    dam danger daughter dawn debt deck deer delay desert desk detail diary dinner
    direction distance district ditch doctor donkey door dragon drawer drawing drum
    dust eagle earth edge editor effort elbow election elephant engine engineer envelope
    errand estate evening event evidence exhibit factory fair farm farmer fashion
    feather fence ferry festival fever fiddle field figure fisherman flag flame flavour
    fleet flight flood floor flour flower flute forest fork fortress fountain fox frame
    freight frost fruit furnace garden garment gate gathering glacier glass glove goat
    grain granary grass gravel grove guard guest guide guitar hall hammer handle harbour
    harness harvest hawk hay hedge herb herd hill hinge history holiday honey hook
    horizon horse hospital hostel hotel household hunter hut illness inch income inn
    insect iron island ivory jacket jar journal journey judge jug juice junction keeper
    kettle key kitchen kite knife knot laboratory ladder lake lamp landlord lane lantern
    laundry lawn leaf leather lecture ledger lemon lesson letter library lighthouse
    limestone linen lobby lock locomotive log lumber machine magazine mail mansion map
    marble market marsh mast master match mayor meadow meal measure medal melody
    merchant message meteor mile milk mill miner mirror mist model monastery money
    moon morning mortar motor mountain mud museum music nail neighbour needle nephew nest
    newspaper night noise north notebook novel nurse oak oar oatmeal ocean office oil
    onion orchard orchestra order organ oven owner oyster package paint palace pamphlet
    paper parade parcel parish park parlour partner passage passenger pasture path
    pattern pavement pear peasant pebble pencil pepper petition photograph piano picnic
    picture pier pigeon pillar pilot pine pipe pitcher plank plaster plate platform
    plough plum pocket poem pole pond poppy porch port portrait postcard pot potato
    pottery poverty prairie prayer printer profit promise province pulley pump pupil
    purse quarry quarter quay queen quilt rabbit radio rail rain ranch razor recipe
    record reef region repair report reservoir rice ridge rifle river road roof room
    root rope rose route row rudder ruin rumour sack saddle sail sailor salad salary
    salt sand sawmill scale scarf schedule scholar school scissors sculpture season seat
    secret servant settlement shadow sheep shelf shelter shepherd ship shirt shore
    shoulder shovel signal silk silver sister sketch slate sleigh slope smith smoke snow
    soap society soil soldier song soup spade spark spice spoon spring square stable
    staircase stamp star station statue steam steel stone storm story stove stranger
    straw street string student studio suburb sugar suitcase summer summit supper
    surface surgeon survey swallow swamp tailor tale tavern tax teacher temple tenant
    tent terrace theatre thread throne thunder ticket tide timber toast tobacco tool
    torch tower town toy trade trail train traveller treaty tree trench tribe trout
    trumpet trunk tunnel turnip umbrella uncle uniform valley van vase vegetable veil
    verse vessel village vine vinegar violin visitor voice volcano voyage wage waggon
    wall walnut warehouse washing watchman water wax weather weaver wedding well wharf
    wheat wheel whistle widow willow wind window wine winter wire witness wolf wood wool
    workshop wreck yacht yard yarn year zinc
    """.split()
)
VERBS: Final = tuple(
    """
    accepted admired adopted announced arranged asked auctioned avoided balanced bought
    borrowed broke brought built buried carried carved caught changed chased chose
    claimed cleaned climbed closed collected compared completed copied counted covered
    crossed damaged decorated defended delivered described designed destroyed discovered
    discussed divided donated doubled dragged drew drove earned emptied enjoyed entered
    examined exchanged explored exported fed filled finished fixed folded followed
    forgot found founded framed gathered guarded guided hauled heard heated hid hired
    honoured ignored imported improved inherited inspected installed invented invited
    kept kindled launched learned leased left lent lifted lit loaded locked lost loved
    lowered mapped measured mended missed mixed moved named noticed observed offered
    opened ordered organised owned packed painted patched photographed pitched planned
    planted polished praised preferred prepared preserved printed protected published
    pulled purchased pushed questioned quoted raised reached rebuilt recorded refused
    remembered removed rented repaired replaced rescued restored returned reviewed rowed
    sanded saved scrubbed sealed searched sewed shaped shared sheltered sketched sold
    sorted stacked stamped stored studied supplied surrounded taught tested tied told
    touched towed traced trimmed trusted twisted unloaded visited warmed washed watched
    weighed welcomed widened won wrapped wrote
    """.split()
)
ADJECTIVES: Final = tuple(
    """
    able abandoned ample ancient angry anxious autumnal awkward bare bitter blank blind
    blue bold brass brave brief bright brisk broad broken brown busy calm careful cheap
    cheerful chilly civic clean clear clever cloudy clumsy coastal cold common complete
    costly crooked crowded curious curved damp dark dear deep delicate dense distant dry
    dull dusty eager early eastern elder elegant empty equal even faded faint fair
    faithful famous fertile fine firm flat fond foreign formal fragile fresh friendly
    frozen full generous gentle gloomy golden graceful grand grateful great green grey
    handsome handy happy hard hasty heavy hidden high hollow honest humble idle immense
    inland jolly keen kind large late lazy lean light little lively local lonely long
    loose loud low loyal lucky merry mild modern modest muddy narrow native neat new
    noble noisy northern odd old open orderly pale patient peaceful plain pleasant polite
    poor popular private proud public quaint quick quiet rare raw ready red remote rich
    ripe rough round royal rural rusty sacred sandy scarce secret separate severe shallow
    sharp shy silent simple sleepy slender slow small smooth sober soft solid southern
    spare splendid square stale steady steep sticky stiff strange strict strong stubborn
    sturdy sudden sunny sweet swift tall tame tender thick thin thirsty thorough tidy
    tight tiny tired tough typical uneven unusual useful usual vacant vague various vast
    warm weary western wet white whole wide wild wise wooden worn yellow young
    """.split()
)
ADVERBS: Final = tuple(
    """
    abroad afterwards again ahead almost alone already altogether always anxiously barely
    briefly carefully cheaply cheerfully commonly daily deeply early easily elsewhere
    eventually exactly fairly finally firmly frequently gently gladly gradually hardly
    hastily hourly kindly lately later loudly mainly monthly mostly nearby nearly neatly
    never nightly nowadays occasionally often once openly overnight patiently perhaps
    politely privately promptly properly proudly publicly quickly quietly rarely rather
    readily recently regularly roughly safely seldom shortly silently slowly softly
    sometimes soon steadily strictly suddenly surely thoroughly today together twice
    usually warmly weekly widely willingly wisely yearly yesterday
    """.split()
)
PREPOSITIONS: Final = tuple(
    """
    about above across after against along among around before behind below beneath
    beside between beyond despite during for from inside into near of on opposite outside
    over past round since through towards under until upon with within without
    """.split()
)
DETERMINERS: Final = tuple(
    """
    the a this that each every another any some their our its his her one no
    either neither whichever
    """.split()
)
LINKERS: Final = tuple(
    """
    and but although because while since unless whereas so yet when where until
    whenever before after if though for or nor once
    """.split()
)
_ONSETS: Final = tuple("b br c ch cl d dr f fl g gr h j k l m n p pr r s sh st t th tr v w".split())
_CORES: Final = tuple("a e i o u ai ea ee ou ow".split())
_CODAS: Final = tuple("d l ld m n nd ng r rd rn s st th ton ham ley by wick".split())
_SENTENCES_PER_PARAGRAPH: Final = (3, 7)
_BLOCKS_PER_HEADING: Final = 4


def make_name(rng: Random) -> str:
    """A capitalised name of a person or place that no dictionary has."""
    head = rng.choice(_ONSETS) + rng.choice(_CORES)
    if _happens(rng, 0.5):  # a coin
        head += rng.choice("lmnrtv") + rng.choice("aeiou")
    return (head + rng.choice(_CODAS)).capitalize()


def make_sentence(rng: Random, topics: Sequence[str] = NOUNS) -> str:
    """One sentence of 8 to 45 words; `topics` are the nouns it prefers."""
    parts = [_make_clause(rng, topics)]
    more = rng.choice((0, 0, 1, 1, 2))
    parts += [f"{rng.choice(LINKERS)} {_make_clause(rng, topics)}" for _ in range(more)]
    joiner = rng.choice((", ", ", ", " ", "; "))
    sentence = joiner.join(parts)
    if _happens(rng, 0.3):  # three sentences of ten open so
        sentence = f"{rng.choice(ADVERBS)}, {sentence}"
    return sentence[0].upper() + sentence[1:] + rng.choice("......!?")


def make_paragraph(rng: Random, topics: Sequence[str] = NOUNS) -> str:
    """Three to seven sentences."""
    count = rng.randint(*_SENTENCES_PER_PARAGRAPH)
    return " ".join(make_sentence(rng, topics) for _ in range(count))


def make_title(rng: Random) -> str:
    """A heading of three to seven words."""
    noun, other = rng.choice(NOUNS), rng.choice(NOUNS)
    first, second = rng.choice(ADJECTIVES), rng.choice(ADJECTIVES)
    forms = (
        f"The {first} {noun} of {make_name(rng)}",
        f"How {make_name(rng)} {rng.choice(VERBS)} the {first} {noun}",
        f"{first} {noun} and {second} {other}",
        f"A {noun} for every {second} {other}",
        f"{make_name(rng)} and the {noun} {rng.choice(PREPOSITIONS)} {other}",
    )
    title = rng.choice(forms)
    return title[0].upper() + title[1:]


def make_page(rng: Random, words: int) -> Page:
    """A page of at least `words` words, with a heading every few paragraphs."""
    topics = rng.sample(NOUNS, 60) * 4 + list(NOUNS)
    blocks: list[Block] = []
    total = 0
    while total < words:
        if len(blocks) % _BLOCKS_PER_HEADING == _BLOCKS_PER_HEADING - 1:
            block = Block(make_title(rng), "heading")
        else:
            block = Block(make_paragraph(rng, topics))
        blocks.append(block)
        total += block.words
    return Page(make_title(rng), tuple(blocks))


def replace_word(word: str, rng: Random) -> str:
    """Another word of the same sort; capitals and punctuation stay.

    A word of the lists is replaced by one of its own list, a number by a number,
    anything else by a noun. The result always differs from `word`.
    """
    core = word.strip(_PUNCTUATION)
    if not core:
        return word
    start = word.index(core)
    new = _choose_other(core, rng)
    return word[:start] + new + word[start + len(core) :]


_PUNCTUATION: Final = ".,;:!?()[]{}\"'`“”‘’«»…–—-/\\<>*=#|"  # noqa: RUF001 - quotes
_CLASSES: Final = (
    DETERMINERS,
    LINKERS,
    PREPOSITIONS,
    ADVERBS,
    VERBS,
    ADJECTIVES,
    NOUNS,
)


def _choose_other(core: str, rng: Random) -> str:
    if core.isdecimal():
        return str(int(core[:6]) + rng.randint(1, 9))
    lower = core.lower()
    words = next((known for known in _CLASSES if lower in known), NOUNS)
    new = rng.choice([word for word in words if word != lower])
    if core.isupper() and len(core) > 1:
        return new.upper()
    return new.capitalize() if core[0].isupper() else new


def _happens(rng: Random, share: float) -> bool:
    return rng.random() < share


def _make_clause(rng: Random, topics: Sequence[str]) -> str:
    words = [_make_phrase(rng, topics), rng.choice(VERBS), _make_phrase(rng, topics)]
    if _happens(rng, 0.4):  # two clauses of five
        words.insert(1, rng.choice(ADVERBS))
    if _happens(rng, 0.5):  # a coin
        words.append(rng.choice(PREPOSITIONS) + " " + _make_phrase(rng, topics))
    if _happens(rng, 0.15):  # a year now and then
        words.append(f"in {rng.randint(1700, 2025)}")
    return " ".join(words)


def _make_phrase(rng: Random, topics: Sequence[str]) -> str:
    if _happens(rng, 0.15):  # a name now and then
        return make_name(rng)
    noun = rng.choice(topics)
    adjective = f"{rng.choice(ADJECTIVES)} " if _happens(rng, 0.6) else ""
    phrase = f"{rng.choice(DETERMINERS)} {adjective}{noun}"
    if _happens(rng, 0.2):  # a second noun now and then
        phrase += f" {rng.choice(PREPOSITIONS)} {rng.choice(topics)}"
    return phrase
