import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';

/** The card "Images of this team" on the page of a group. */
const images = EntityCardBlueprint.make({
  name: 'team-images',
  params: {
    filter: { kind: 'group' },
    type: 'content',
    loader: () => import('./TeamImagesCard').then(module => <module.TeamImagesCard />),
  },
});

export const teamExtensions = [images];
