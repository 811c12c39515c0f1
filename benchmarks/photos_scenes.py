"""Photos that show one scene twice, as a person saw: a second exposure, another crop, an edited copy.

A match between two of one line is no false match and is counted apart. A line is the names of a scene's photos, then
what they have in common. Names of photos that are in no package are those of public collections that were given by
`--photos`. Nothing is listed because the detector says so: who adds a line has looked at both pictures.
"""

import re

SCENES = """
gcompris-TajMahal_background gcompris-tajMahal # Taj Mahal, from the same side
gcompris-Chenonceau_background gcompris-chateaudeChenonceau # Chenonceau
gcompris-Neuschwanstein_background gcompris-neuschwansteinCastle # Neuschwanstein
landing-testimonials-2 argon-christian material-christian # one portrait, two crops
raccoon-images-raccoon-51 raccoon-images-raccoon-85 # one photo, once with words on it
raccoon-images-raccoon-107 raccoon-images-raccoon-108 # one animal at one socket, another thing in the hand
raccoon-images-raccoon-186 raccoon-images-raccoon-199 # one animal on one lawn, a moment apart
raccoon-images-raccoon-180 raccoon-images-raccoon-182 # one man and one animal before one wall
raccoon-images-raccoon-181 raccoon-images-raccoon-183 # one man and one animal in one street
"""

# Whose photos show a few rugs, floors and doors hundreds of times, one garment after another on them: any two may be
# of one scene, and nobody has looked at all of them. They are asked about and stand in the index; pairs of two of them
# are counted apart.
PLACES = frozenset(("clothing",))

# One shooting each: the photos of a series have one name and a number.
SERIES = re.compile(r"^(tabler-.*?)(-\d)?$")


def read_scenes(text: str = SCENES) -> dict[str, str]:
    """The name of the scene of each photo that is listed: the first photo's."""
    scenes: dict[str, str] = {}
    for line in text.strip().splitlines():
        names = line.partition("#")[0].split()
        first = next((scenes[name] for name in names if name in scenes), names[0])
        scenes.update(dict.fromkeys(names, first))
    return scenes


def name_scene(photo: str, scenes: dict[str, str]) -> str:
    """The scene of a photo: its own name unless it is listed or one of a series."""
    series = SERIES.match(photo)
    name = series[1] if series else photo
    return scenes.get(photo) or scenes.get(name) or name
