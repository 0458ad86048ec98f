import type { ModelDetail } from '@/api/types';

/** A few lines of Python that load and verify the file and classify one image. The manifest in the file says the rest. */
export function loadingCode({ card, number }: ModelDetail, federation: string): string {
  return [
    'import torch',
    '',
    'from primia_core.imaging import decode_image',
    'from primia_core.models import weights',
    '',
    `model = weights.load("${federation}-v${number}.safetensors")  # verifies the weights against their manifest`,
    'network, scale = model.network(), model.manifest.normalisation',
    '',
    'image = torch.from_numpy(decode_image("chest.png"))[None, None]',
    `image = torch.nn.functional.interpolate(image, size=(${card.image_size}, ${card.image_size}), mode="bilinear", antialias=True)`,
    'with torch.inference_mode():',
    '    shares = network((image - scale.mean) / scale.std).softmax(1)[0]',
    'print(dict(zip(model.manifest.classes, shares.tolist())))',
  ].join('\n');
}
