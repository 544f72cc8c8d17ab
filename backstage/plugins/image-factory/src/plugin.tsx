import { ApiBlueprint, coreApis, createFrontendPlugin } from '@backstage/frontend-plugin-api';
import { RiStackLine } from '@remixicon/react';
import { imageFactoryApiRef, ImageFactoryClient } from './api';
import { buildsExtensions } from './builds/extensions';
import { cardsExtensions } from './cards/extensions';
import { homeExtensions } from './home/extensions';
import { imagesExtensions } from './images/extensions';
import { buildsRouteRef, rootRouteRef, templateRouteRef, versionsRouteRef } from './routes';
import { teamExtensions } from './team/extensions';
import { versionsExtensions } from './versions/extensions';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: imageFactoryApiRef,
      deps: { fetchApi: coreApis.fetch, discoveryApi: coreApis.discovery },
      factory: deps => new ImageFactoryClient(deps),
    }),
});

export const imageFactoryPlugin = createFrontendPlugin({
  pluginId: 'image-factory',
  title: 'Images',
  // Without an icon, the page is not in the sidebar.
  icon: <RiStackLine />,
  routes: { root: rootRouteRef, versions: versionsRouteRef, builds: buildsRouteRef },
  externalRoutes: { template: templateRouteRef },
  extensions: [
    api,
    ...imagesExtensions,
    ...homeExtensions,
    ...teamExtensions,
    ...versionsExtensions,
    ...buildsExtensions,
    ...cardsExtensions,
  ],
});
