export const homeMessages = {
  own: "Show my teams' images",
  empty: 'No image is enrolled yet. Enroll an image, and it appears here.',
} as const;
