import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { IMAGE_TYPES } from 'backstage-plugin-image-factory-common';
import { versionsRouteRef } from '../routes';

/** The tab "Versions" of managed and base images. */
const versions = EntityContentBlueprint.make({
  name: 'versions',
  params: {
    path: 'versions',
    title: 'Versions',
    routeRef: versionsRouteRef,
    filter: { kind: 'resource', 'spec.type': { $in: [...IMAGE_TYPES] } },
    loader: () => import('./VersionsTab').then(module => <module.VersionsTab />),
  },
});

export const versionsExtensions = [versions];
