import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { buildsRouteRef } from '../routes';

/** The tab "Builds" of managed images; nothing of ours builds a base image. */
const builds = EntityContentBlueprint.make({
  name: 'builds',
  params: {
    path: 'builds',
    title: 'Builds',
    routeRef: buildsRouteRef,
    filter: { kind: 'resource', 'spec.type': 'managed-image' },
    loader: () => import('./BuildsTab').then(module => <module.BuildsTab />),
  },
});

export const buildsExtensions = [builds];
