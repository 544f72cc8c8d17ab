type Tone = 'success' | 'danger' | 'warning' | 'info' | 'primary' | 'secondary';

/**
 * The colour of words in a tone. The theme's colours for backgrounds also have enough contrast without one; its plain
 * colours of a tone do not, in the light theme.
 */
export function wordColor(tone: Tone): { color: string } | undefined {
  return tone === 'primary' || tone === 'secondary' ? undefined : { color: `var(--bui-fg-${tone}-on-bg)` };
}
