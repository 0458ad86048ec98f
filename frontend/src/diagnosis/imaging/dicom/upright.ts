import type { Picture } from '../picture.ts';

/**
 * Turns a picture so that rows run towards the patient's left and columns towards the feet, by Patient Orientation:
 * the frontal view as a radiologist hangs it. A lateral view is set upright and not mirrored.
 */
export function upright(picture: Picture, orientation: readonly string[]): Picture {
  let [row = '', column = ''] = orientation.map((direction) => direction[0] ?? '');
  if (orientation.length !== 2 || row === '' || column === '') return picture;
  let turned = picture;
  if ('HF'.includes(row) && !'HF'.includes(column)) {
    turned = read(turned.height, turned.width, (x, y) => picture.data[x * picture.width + y] ?? 0);
    [row, column] = [column, row];
  }
  if (!'HF'.includes(column)) return picture;
  const { width, height, data } = turned;
  const [mirrored, headDown] = [row === 'R', column === 'H'];
  if (!mirrored && !headDown) return turned;
  return read(width, height, (x, y) => data[(headDown ? height - 1 - y : y) * width + (mirrored ? width - 1 - x : x)] ?? 0);
}

function read(width: number, height: number, at: (x: number, y: number) => number): Picture {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) data[y * width + x] = at(x, y);
  return { width, height, data };
}
