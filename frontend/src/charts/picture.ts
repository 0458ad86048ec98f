/** An SVG that stands on the page, as a PNG: what the style sheet gave it becomes attributes, then a canvas draws it. */

const ATTRIBUTES = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-family', 'font-weight', 'text-anchor', 'paint-order'];
const SCALE = 2;
const PADDING = 12;

function frozen(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, index) => {
    const original = originals[index];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of ATTRIBUTES) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return copy;
}

export async function toPng(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const source = new Blob([new XMLSerializer().serializeToString(frozen(svg))], { type: 'image/svg+xml' });
  const url = URL.createObjectURL(source);
  try {
    const image = new Image(width, height);
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = (width + 2 * PADDING) * SCALE;
    canvas.height = (height + 2 * PADDING) * SCALE;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('this browser cannot draw pictures');
    context.fillStyle = getComputedStyle(svg).getPropertyValue('--card');
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, PADDING * SCALE, PADDING * SCALE, width * SCALE, height * SCALE);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob === null ? reject(new Error('the picture came out empty')) : resolve(blob)), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
