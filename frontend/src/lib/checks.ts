/** What the checks of a cohort mean, in words. A site tells only how each ended; what it found stays there. */

export type CheckStatus = 'pass' | 'warn' | 'fail';

interface Words {
  good: string;
  bad: string;
}

const CHECKS: Record<string, Words> = {
  classes: { good: 'every class is there', bad: 'a class is missing or rare' },
  splits: { good: 'training, validation and test images are there', bad: 'a split is missing; split the cohort again by patient' },
  patients: { good: 'no patient is in two splits', bad: 'a patient is in two splits, so test results would flatter' },
  duplicates: { good: 'no file is there twice', bad: 'files are there more than once' },
  readable: { good: 'every file could be read', bad: 'some files could not be read; they are quarantined and take no part' },
  resolution: { good: 'images are large enough', bad: 'some images are smaller than training needs and would be enlarged' },
  aspect: { good: 'shapes are those of chest X-rays', bad: 'some images are unusually narrow or wide' },
  upright: { good: 'no image lies on its side', bad: 'some images look as if they lay on their side' },
  contrast: { good: 'every image shows something', bad: 'some images are nearly one grey' },
};

export function checkText(name: string, status: CheckStatus): string {
  const words = CHECKS[name];
  if (words === undefined) return name.replaceAll('_', ' ');
  return status === 'pass' ? words.good : words.bad;
}
