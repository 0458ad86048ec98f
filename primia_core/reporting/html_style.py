"""The style sheet of a report's page: the tokens of both colour schemes, the embedded faces, then ``page.css``."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from primia_core.reporting.fonts import BOLD, REGULAR, as_data
from primia_core.reporting.palette import TONES, Tone

FILE: Final = Path(__file__).with_name("page.css")
GROUNDS: Final = ("#ffffff", "#12171c")


def style() -> str:
    """Return the whole sheet; faces are embedded, nothing is fetched."""
    faces = "".join(
        f"@font-face{{font-family:Inter;font-weight:{weight};font-style:normal;"
        f'src:url({as_data(name)}) format("truetype")}}'
        for name, weight in ((REGULAR, 400), (BOLD, 600))
    )
    light = _tokens(lambda tone: tone.light, GROUNDS[0])
    dark = _tokens(lambda tone: tone.dark, GROUNDS[1])
    return (
        f"{faces}:root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{FILE.read_text(encoding='utf-8')}"
    )


def _tokens(colour: Callable[[Tone], str], ground: str) -> str:
    return "".join(f"--{tone.name}:{colour(tone)};" for tone in TONES) + f"--ground:{ground};"
