"""Pictures of an audit in a folder of one's own: a page to open, and the files. They leave it only by hand."""

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

from primia_core.attacks.document import Picture
from primia_core.attacks.pictures import png_bytes

STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1b1f24}
img{width:128px;height:128px;image-rendering:pixelated;background:#000;display:block}
table{border-collapse:collapse}td,th{padding:.4rem .8rem .4rem 0;text-align:left;vertical-align:top}
.found{font-weight:600}"""


def write_pictures(folder: Path, pictures: Sequence[Picture], *, statement: str) -> Path:
    """Write ``index.html`` and the PNG files of each picture.

    Args:
        folder: made where it does not exist. Its files are readable by their owner alone, whoever may enter it.
        pictures: of ``AuditFindings``.
        statement: what the figures mean, printed above them.
    Returns:
        The page. It loads nothing from elsewhere.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, picture in enumerate(pictures):
        for kind in ("original", "reconstruction", "null"):
            _write(folder / f"{number:03d}-{kind}.png", png_bytes(getattr(picture, kind)))
    page = folder / "index.html"
    _write(page, _page(pictures, statement).encode())
    return page


def _write(file: Path, content: bytes) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        os.fchmod(stream.fileno(), 0o600)  # of a file that was there before
        stream.write(content)


def _page(pictures: Sequence[Picture], statement: str) -> str:
    rows = "\n".join(_row(picture) for picture in pictures)
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Attack audit: pictures</title>'
        f"<style>{STYLE}</style>\n<h1>Attack audit: pictures</h1>\n<p>{escape(statement)}</p>\n"
        "<table><tr><th>Attack</th><th>Original</th><th>Reconstruction</th><th>Most alike other patient</th></tr>\n"
        f"{rows}\n</table></html>\n"
    )


def _row(picture: Picture) -> str:
    what = "positive control" if picture.positive else picture.view.replace("_", " ")
    verdict = '<span class="found">identified</span>' if picture.identified else "not identified"
    about = f"{what}, batch {picture.batch_size}<br>z-MSE {picture.mse:.3f}, SSIM {picture.ssim:.2f}<br>{verdict}"
    images = "".join(
        f'<td><img src="{uri}" alt="{name}"></td>'
        for name, uri in (
            ("original", picture.original),
            ("reconstruction", picture.reconstruction),
            ("most alike other patient", picture.null),
        )
    )
    return f"<tr><td>{about}</td>{images}</tr>"
