/** The id of the place of the button that opens the details of a tag. A tag has no character that an id may not have. */
export function placeOfDetails(tag: string): string {
  return `image-factory-details-${tag}`;
}

/**
 * Focuses that button after its dialog was closed.
 *
 * The table draws its rows anew while the dialog is open, so the element that had the focus is gone by then.
 */
export function focusDetailsButton(tag: string): void {
  window.setTimeout(() => document.getElementById(placeOfDetails(tag))?.querySelector('button')?.focus(), 50);
}
