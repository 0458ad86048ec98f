import type { Point } from './scale';

/** Keeps what lies on or above a floor, with the places at which the line crosses it, so that it is cut and not clipped. */
export function aboveFloor(points: readonly Point[], floor: number): Point[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    const kept = point.y >= floor ? [point] : [];
    if (next === undefined || (point.y >= floor) === (next.y >= floor)) return kept;
    const share = (floor - point.y) / (next.y - point.y);
    return [...kept, { x: point.x + share * (next.x - point.x), y: floor }];
  });
}
