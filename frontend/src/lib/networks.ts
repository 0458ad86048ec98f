/** What people call the networks that a plan names. */

const NAMES: Record<string, string> = { resnet18: 'ResNet-18', vgg16: 'VGG-16', small_cnn: 'small CNN' };

export function networkName(name: string): string {
  return NAMES[name] ?? name;
}
