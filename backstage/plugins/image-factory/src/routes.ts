import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The page of all images. */
export const rootRouteRef = createRouteRef();
