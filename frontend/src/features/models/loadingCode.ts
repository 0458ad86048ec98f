import type { ModelDetail } from '@/api/types';

/** A few lines of Python that build the module, load the weights and classify one image. */
export function loadingCode({ card, federation, number, sha256 }: ModelDetail): string {
  const scale = card.normalisation;
  const file = `${federation.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}-v${number}.safetensors`;
  return [
    'import hashlib',
    'from pathlib import Path',
    '',
    'import torch',
    'from safetensors.torch import load_file',
    '',
    'from primia_core.imaging import decode_image',
    'from primia_core.models.registry import build_model',
    'from primia_core.models.spec import ModelSpec',
    '',
    `file = Path("${file}")`,
    `assert hashlib.sha256(file.read_bytes()).hexdigest() == "${sha256}"`,
    `spec = ModelSpec(name="${card.model.name}", normalisation="${card.model.normalisation}", classes=${card.classes.length})`,
    'model = build_model(spec, seed=0).eval()',
    'model.load_state_dict(load_file(file))',
    '',
    'image = torch.from_numpy(decode_image(Path("chest.png")))[None, None]',
    `image = torch.nn.functional.interpolate(image, size=(${card.image_size}, ${card.image_size}), mode="bilinear", antialias=True)`,
    ...(scale === null ? [] : [`image = (image - ${scale.mean}) / ${scale.std}`]),
    `print(dict(zip(${JSON.stringify(card.classes)}, model(image).softmax(1)[0].tolist())))`,
  ].join('\n');
}
