import type { Impact } from '../shared';

/** The images that are rebuilt at the same number of steps from the changed one. */
export interface Wave {
  readonly number: number;
  readonly impacts: readonly Impact[];
}

/** Impacts by their number of steps, the nearest first. */
export function wavesOf(impacts: readonly Impact[]): Wave[] {
  const depths = [...new Set(impacts.map(impact => impact.depth))].sort((one, other) => one - other);
  return depths.map(number => ({
    number,
    impacts: impacts.filter(impact => impact.depth === number),
  }));
}
