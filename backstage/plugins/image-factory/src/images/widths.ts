/** How wide the filters are at most. */
export const FIELD_WIDTH = '20rem';
