"""Draw the frontal chest of an invented child: thorax, lungs, heart, ribs, vessels. Knows no diseases and no files.

Coordinates run from -1 to 1, x to the viewer's right (the patient's left) and y down. Values are attenuations: air 0,
lung about .2, soft tissue about .6, bone on top of it.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Field = NDArray[Any]
"""A picture of floating-point numbers, (size, size)."""

SOFT_TISSUE, LUNG, HEART, SPINE = 0.56, 0.17, 0.60, 0.66
SIDES = (-1.0, 1.0)


@dataclass(frozen=True)
class Anatomy:
    """What stays the same in every image of one patient. Lengths are in half sides of the picture."""

    lung_width: float
    lung_height: float
    lung_gap: float
    dome: float
    heart: float
    heart_tilt: float
    rib_spacing: float
    rib_slope: float
    rib_contrast: float
    vessels: float
    fat: float
    seed: int

    @classmethod
    def draw(cls, rng: Generator) -> "Anatomy":
        """Draw a patient within what is usual."""
        return cls(
            lung_width=rng.uniform(0.31, 0.39),
            lung_height=rng.uniform(0.56, 0.70),
            lung_gap=rng.uniform(0.10, 0.15),
            dome=rng.uniform(0.38, 0.52),
            heart=rng.uniform(0.85, 1.2),
            heart_tilt=rng.uniform(0.35, 0.75),
            rib_spacing=rng.uniform(0.135, 0.165),
            rib_slope=rng.uniform(0.16, 0.34),
            rib_contrast=rng.uniform(0.07, 0.13),
            vessels=rng.uniform(0.5, 1.3),
            fat=rng.uniform(-0.05, 0.07),
            seed=int(rng.integers(2**31)),
        )


@dataclass(frozen=True)
class Pose:
    """What differs from image to image of one patient: inspiration, rotation about the spine, the film's frame."""

    inspiration: float = 0.0
    turn: float = 0.0
    tilt: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0

    @classmethod
    def draw(cls, rng: Generator) -> "Pose":
        """Draw how a restless child happened to be held."""
        return cls(
            inspiration=rng.normal(0.0, 0.05),
            turn=rng.normal(0.0, 0.035),
            tilt=rng.normal(0.0, 0.06),
            shift_x=rng.normal(0.0, 0.05),
            shift_y=rng.normal(0.0, 0.05),
            zoom=rng.uniform(0.9, 1.12),
        )


class Chest:
    """The fields of one picture. ``lungs`` is each lung's own mask, ``attenuation`` the healthy picture."""

    def __init__(self, anatomy: Anatomy, pose: Pose, size: int) -> None:
        self.anatomy, self.pose, self.size = anatomy, pose, size
        axis = (np.arange(size, dtype=np.float32) + 0.5) * (2 / size) - 1
        x, y = np.meshgrid(axis, axis)
        cosine, sine = math.cos(pose.tilt), math.sin(pose.tilt)
        self.x: Field = ((cosine * x + sine * y - pose.shift_x) / pose.zoom - 0.08 * pose.turn * y).astype(np.float32)
        self.y: Field = ((cosine * y - sine * x - pose.shift_y) / pose.zoom).astype(np.float32)

    def centre(self, side: float) -> tuple[float, float]:
        """Return the middle of one lung."""
        a = self.anatomy
        return side * (a.lung_gap + a.lung_width * (1 + side * 2 * self.pose.turn)), -0.12

    def soft(self, signed: Field, edge: float = 0.02) -> Field:
        """Turn a signed distance (negative inside) into a mask with an edge of about ``edge``."""
        return (1 / (1 + np.exp(np.clip(signed / np.float32(edge), -30, 30)))).astype(np.float32)

    @cached_property
    def lungs(self) -> tuple[Field, Field]:
        """Return the masks of the lung on the viewer's left and of that on the right, in [0, 1]."""
        left, right = (self._lung(side) for side in SIDES)
        return left, right

    @cached_property
    def aerated(self) -> Field:
        """Return where either lung is, heart and mediastinum in front of it taken away."""
        return np.asarray(np.maximum(*self.lungs) * (1 - self.heart))

    @cached_property
    def heart(self) -> Field:
        """Return the mask of heart, great vessels and aortic arch."""
        a, p = self.anatomy, self.pose
        x, y = self.x - 0.12 - 0.7 * p.turn, self.y - 0.26 - 0.3 * p.inspiration
        cosine, sine = math.cos(a.heart_tilt), math.sin(a.heart_tilt)
        along, across = cosine * x + sine * y, cosine * y - sine * x
        apex = 1 + 0.25 * np.tanh(3 * along)  # the heart is blunter at its apex
        ventricles = np.hypot(along / (0.36 * a.heart), across / (0.25 * a.heart * apex)) - 1
        atrium = np.hypot((self.x + 0.06) / 0.17, (self.y - 0.22) / 0.25) - 1
        arch = np.hypot((self.x - 0.085) / 0.09, (self.y + 0.30) / 0.12) - 1
        width = 0.12 + 0.06 * np.clip(-0.30 - self.y, 0, 1) + 0.22 * np.clip(self.y + 0.25, 0, 0.5) ** 1.5
        stem = (np.abs(self.x - 0.02 - 0.5 * p.turn) - width) / 0.2
        parts = np.stack([ventricles, atrium, arch, stem])
        joined = -0.10 * np.log(np.exp(-np.clip(parts, -3, 6) / 0.10).sum(axis=0))
        above_diaphragm = self.soft(self.y - 0.60 - p.inspiration, 0.05)
        return self.soft(0.25 * joined, 0.014) * above_diaphragm

    @cached_property
    def attenuation(self) -> Field:
        """Return the healthy picture."""
        body = self._body()
        picture = (SOFT_TISSUE + self.anatomy.fat + 0.10 * self._smooth(3, 1)) * body
        picture = picture * (1 - 0.22 * self.soft(0.78 - np.abs(self.x), 0.07))  # thin flanks
        air = np.maximum(*self.lungs)
        depth = LUNG + 0.05 * self.y + 0.03 * self._smooth(5, 2)
        picture = picture * (1 - air) + depth * air
        picture = picture + air * self._vessels()
        picture = np.maximum(picture, HEART * self.heart * body + (picture + 0.02) * (1 - self.heart) * self.heart)
        bones = self._ribs() * (1 - 0.55 * self.heart) + self._clavicles() + self._spine()
        picture = picture + bones * body
        picture = picture - 0.13 * self._trachea() - 0.22 * self._stomach() * body
        return np.asarray(np.clip(picture, 0, 1.2), np.float32)

    def _lung(self, side: float) -> Field:
        a, p = self.anatomy, self.pose
        cx, cy = self.centre(side)
        half = a.lung_height + 0.5 * p.inspiration
        up = np.clip((cy - self.y) / half, 0, 1)
        width = a.lung_width * (1 - 0.22 * up**1.5) * (1 + 0.06 * np.clip(self.y, 0, 1))
        lateral = np.abs((self.x - cx + side * 0.10 * up) / width) ** 2.6
        vertical = np.abs((self.y - cy) / np.where(self.y < cy, half, half * 1.25)) ** 2.6
        outline = lateral + vertical - 1
        floor = a.dome + p.inspiration + (0.05 if side > 0 else 0.0)
        inner = (self.x - cx * 0.8) / (a.lung_width * 1.25)
        diaphragm = self.y - (floor + 0.20 * inner**2 + 0.05 * side * inner)
        return np.minimum(self.soft(outline * 0.16, 0.014), self.soft(diaphragm, 0.012))

    def _body(self) -> Field:
        slope = np.clip((self.y + 1.0) / 0.42, 0, 1)
        shoulder = 0.24 + 0.80 * slope**0.7
        trunk = 0.90 + self.anatomy.fat + 0.30 * self.soft(self.y + 0.42, 0.07)
        return self.soft(np.abs(self.x) - np.minimum(shoulder, trunk), 0.025)

    def _ribs(self) -> Field:
        a = self.anatomy
        out = np.zeros_like(self.x)
        u = np.abs(self.x)
        cage = self.soft(u - 0.86, 0.02) * self.soft(self.y - 0.62, 0.05) * self.soft(-0.82 - self.y, 0.04)
        outward = u * u
        behind = 1.7 * a.rib_slope * outward - 0.30 * u * (1 - u)
        before = 0.30 + 0.55 * a.rib_slope - (0.30 + a.rib_slope) * (u - 0.78) ** 2 - 0.55 * (u - 0.78)
        in_front = 0.5 * self.soft(0.34 - u, 0.03)
        for index in range(11):
            start = -0.86 + index * a.rib_spacing
            back = start + 0.04 + 0.0045 * index + behind + (0.10 * a.rib_slope * index) * outward
            out += self._band(self.y - back, 0.026)
            if index < 7:
                out += in_front * self._band(self.y - start - before, 0.030)
        return (a.rib_contrast * cage * out).astype(np.float32)

    def _band(self, distance: Field, half: float) -> Field:
        """Return a tube seen from the side: its two rims brighter than its middle."""
        inside = np.clip(1 - (distance / half) ** 2, 0, 1)
        return np.asarray((0.75 + 0.7 * (1 - inside)) * np.sqrt(inside), np.float32)

    def _clavicles(self) -> Field:
        u = np.abs(self.x)
        line = -0.60 - 0.16 * np.clip(u - 0.08, 0, 1) + 0.05 * np.sin(5.5 * u) + 0.6 * self.pose.turn * np.sign(self.x)
        ends = self.soft(0.09 - u, 0.015) * self.soft(u - 0.80, 0.02)
        return np.asarray(0.16 * self._band(self.y - line, 0.034) * ends, np.float32)

    def _spine(self) -> Field:
        column = np.exp(-((((self.x - 0.3 * self.pose.turn) / 0.085) ** 2) ** 2))
        discs = 0.5 + 0.5 * np.cos(2 * np.pi * self.y / self.anatomy.rib_spacing)
        return ((SPINE - HEART) * column * (0.7 + 0.5 * discs)).astype(np.float32)

    def _trachea(self) -> Field:
        across = (self.x - 0.01 - 0.8 * self.pose.turn) / 0.042
        return np.exp(-((across**2) ** 2)) * self.soft(self.y + 0.36, 0.03) * self.soft(-0.97 - self.y, 0.03)

    def _stomach(self) -> Field:
        rng = np.random.default_rng(self.anatomy.seed + 7)
        cx, cy, rx, ry = rng.uniform((0.30, 0.72, 0.10, 0.05), (0.50, 0.82, 0.20, 0.10))
        bubble = self.soft(np.hypot((self.x - cx) / rx, (self.y - cy) / ry) * 0.1 - 0.1, 0.012)
        return np.asarray(bubble * rng.choice((0.0, 1.0)), np.float32)

    def _vessels(self) -> Field:
        """Draw the vascular tree: branches from each hilum, finer as they go out."""
        rng = np.random.default_rng(self.anatomy.seed)
        canvas = Image.new("L", (2 * self.size, 2 * self.size), 0)
        pen = ImageDraw.Draw(canvas)
        for side in SIDES:
            for _ in range(9):
                heading = rng.uniform(-1.5, 1.5)
                self._branch(pen, rng, side, (side * 0.17, -0.02), heading, 0.030, 5)
        blurred = canvas.filter(ImageFilter.GaussianBlur(self.size / 110)).resize((self.size, self.size))
        hila = sum(np.exp(-(((self.x - s * 0.18) / 0.09) ** 2) - ((self.y + 0.02) / 0.15) ** 2) for s in SIDES)
        tree = np.asarray(blurred, np.float32) / 255
        return (self.anatomy.vessels * (0.24 * tree + 0.13 * hila)).astype(np.float32)

    def _branch(
        self,
        pen: ImageDraw.ImageDraw,
        rng: Generator,
        side: float,
        at: tuple[float, float],
        heading: float,
        width: float,
        left: int,
    ) -> None:
        if left == 0:
            return
        length = rng.uniform(0.06, 0.13)
        to = (at[0] + side * length * math.cos(heading), at[1] + length * math.sin(heading))
        scale, pose = self.size, self.pose
        ends = [
            ((px * pose.zoom + pose.shift_x + 1) * scale, (py * pose.zoom + pose.shift_y + 1) * scale)
            for px, py in (at, to)
        ]
        pen.line(ends, fill=int(90 + 3600 * width), width=max(1, round(width * scale)))
        for _ in range(1 if rng.random() < 0.55 else 2):
            self._branch(pen, rng, side, to, heading + rng.normal(0, 0.35), width * 0.72, left - 1)

    def _smooth(self, cells: int, salt: int) -> Field:
        return smooth_noise(np.random.default_rng(self.anatomy.seed + salt), self.size, cells)


def smooth_noise(rng: Generator, size: int, cells: int) -> Field:
    """Return noise of mean about 0 and deviation about 1 that changes over 1/``cells`` of the picture."""
    coarse = rng.standard_normal((cells + 3, cells + 3)).astype(np.float32)
    return np.asarray(Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC), np.float32)
