import { PageBlueprint } from '@backstage/frontend-plugin-api';
import { rootRouteRef } from '../routes';

/** `/image-factory`: every image. */
const page = PageBlueprint.make({
  params: {
    path: '/image-factory',
    title: 'Images',
    routeRef: rootRouteRef,
    loader: () => import('./ImagesPage').then(module => <module.ImagesPage />),
  },
});

export const imagesExtensions = [page];
