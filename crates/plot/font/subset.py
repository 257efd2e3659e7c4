"""Makes the embedded fonts and their metrics from Inter 3.19.

    pip install fonttools
    python3 subset.py FOLDER_WITH_INTER_OTF

Writes Inter-Regular.otf, Inter-SemiBold.otf and, for each, a .metrics file: the units
per em, ascent plus descent, and one line per character with its code, its advance and
its left side bearing. The metrics are separate because plotters gives neither.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

CHARACTERS = [
    *range(0x20, 0x7F), *range(0xA0, 0x180),        # Latin, Latin-1, Latin Extended-A
    *range(0x386, 0x3CF),                           # Greek
    *range(0x2010, 0x2016), *range(0x2018, 0x201F), # dashes and quotes
    0x2020, 0x2022, 0x2026, 0x2030, 0x2032, 0x2033, 0x20AC,
    0x2070, 0x00B9, 0x00B2, 0x00B3, *range(0x2074, 0x207F), *range(0x2080, 0x208F),
    0x2190, 0x2191, 0x2192, 0x2193, 0x2194,         # arrows
    0x2202, 0x2206, 0x2211, 0x2212, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265,
]


def main(folder):
    here = Path(__file__).parent
    for style in ["Regular", "SemiBold"]:
        options = subset.Options()
        options.layout_features = []
        options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
        options.notdef_outline = True
        options.hinting = False
        options.desubroutinize = False
        font = subset.load_font(str(Path(folder) / f"Inter-{style}.otf"), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=CHARACTERS)
        subsetter.subset(font)
        path = here / f"Inter-{style}.otf"
        subset.save_font(font, str(path), options)
        (here / f"Inter-{style}.metrics").write_text(metrics(TTFont(path)))


def metrics(font):
    glyphs = font.getGlyphSet()
    hhea = font["hhea"]
    lines = [f"{font['head'].unitsPerEm} {hhea.ascent - hhea.descent}"]
    cmap = dict(sorted(font.getBestCmap().items()))
    for code, name in [(0, ".notdef"), *cmap.items()]:
        pen = BoundsPen(glyphs)
        glyphs[name].draw(pen)
        bearing = pen.bounds[0] if pen.bounds else 0
        lines.append(f"{code:X} {font['hmtx'][name][0]} {round(bearing)}")
    return "\n".join(lines) + "\n"


main(sys.argv[1])
