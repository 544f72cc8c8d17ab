import type { Image } from '../shared';

/** What a person can ask for about an image. */
export type Act = 'rebuild' | 'emergency' | 'hold' | 'release' | 'skip' | 'unskip' | 'check';

/** A field of the form of an act. */
export type Field = 'digest' | 'reason' | 'cve' | 'until';

/** What a person wrote. */
export type Form = Readonly<Record<Field, string>>;

/** The fields of each act, in the order of its form. */
export const FIELDS: Readonly<Record<Act, readonly Field[]>> = {
  rebuild: ['reason', 'cve'],
  emergency: ['reason', 'cve', 'until'],
  hold: ['reason', 'until'],
  release: ['reason'],
  skip: ['digest', 'reason'],
  unskip: ['digest', 'reason'],
  check: [],
};

/** The acts that need a reason. */
export const NEEDS_REASON: readonly Act[] = ['rebuild', 'emergency', 'hold', 'skip'];

/** What the caller can ask for now: what the service permits, and what the image has something for. */
export function offeredActs(image: Image): Act[] {
  // A service before this plugin says nothing about permissions.
  const may: Partial<Image['may']> = image.may ?? {};
  const managed = image.role === 'managed';
  const acts: [Act, boolean | undefined][] = [
    ['rebuild', may.rebuild && managed && !image.noBuild],
    ['emergency', may.emergency && !image.noBuild],
    ['hold', may.hold && managed && !image.hold],
    ['release', may.hold && managed && Boolean(image.hold)],
    ['skip', may.skip && managed && digestsToSkip(image).length > 0],
    ['unskip', may.skip && managed && digestsToUse(image).length > 0],
    ['check', may.check],
  ];
  return acts.filter(([, offered]) => offered).map(([act]) => act);
}

/** A digest to choose, with the name of its image or why it is skipped. */
export interface Choice {
  readonly digest: string;
  readonly about: string;
}

/** The digests from which an act can choose one. */
export function choicesOf(act: Act, image: Image): Choice[] {
  if (act === 'skip') return digestsToSkip(image);
  return act === 'unskip' ? digestsToUse(image) : [];
}

/** The newest digests of the dependencies that the image is not built from and does not skip yet. */
function digestsToSkip(image: Image): Choice[] {
  const skipped = new Set(image.skips.map(skip => skip.digest));
  const choices = new Map<string, Choice>();
  for (const { builtOn, name, newest } of image.dependencies) {
    if (newest && newest !== builtOn && !skipped.has(newest)) {
      choices.set(newest, { digest: newest, about: name });
    }
  }
  return [...choices.values()];
}

function digestsToUse(image: Image): Choice[] {
  return image.skips.map(({ digest, reason }) => ({ digest, about: reason }));
}
