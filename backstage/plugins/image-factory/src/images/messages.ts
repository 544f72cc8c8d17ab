export const imagesMessages = {
  title: 'Images',
  name: 'Image',
  role: 'Role',
  status: 'Status',
  empty: 'No image is tracked yet.',
} as const;
