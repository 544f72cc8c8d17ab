import { createExternalRouteRef, createRouteRef } from '@backstage/frontend-plugin-api';

/** The page of all images. */
export const rootRouteRef = createRouteRef();

/** The tab with the versions of an image. */
export const versionsRouteRef = createRouteRef();

/** The tab with the builds of an image. */
export const buildsRouteRef = createRouteRef();

/** The form of a software template. */
export const templateRouteRef = createExternalRouteRef({
  params: ['namespace', 'templateName'],
  defaultTarget: 'scaffolder.selectedTemplate',
});
