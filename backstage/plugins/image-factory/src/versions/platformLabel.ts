import type { components } from 'backstage-plugin-image-factory-common';

export type Platform = components['schemas']['Platform'];

/** A platform in words, such as `linux/arm64/v8`; Windows has its version behind it. */
export function platformLabel({ os, architecture, variant, osVersion }: Platform): string {
  const name = [os, architecture, variant].filter(Boolean).join('/');
  return osVersion ? `${name} (${osVersion})` : name;
}
