export const teamMessages = {
  title: 'Images of this team',
  empty: 'This team owns no image.',
} as const;
