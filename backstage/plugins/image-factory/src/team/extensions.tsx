import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';

/** The card "Images of this team" on the page of a group. */
const images = EntityCardBlueprint.make({
  name: 'team-images',
  params: {
    filter: { kind: 'group' },
    // Beside the other cards, because the graph of a group can be long.
    type: 'info',
    loader: () => import('./TeamImagesCard').then(module => <module.TeamImagesCard />),
  },
});

export const teamExtensions = [images];
