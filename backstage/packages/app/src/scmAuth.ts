import { ApiBlueprint, coreApis, createFrontendModule } from '@backstage/frontend-plugin-api';
import { scmAuthApiRef } from '@backstage/integration-react';

/**
 * Gives plugins that would ask for a GitHub account the Backstage token of the user: app-config.yaml names the proxy
 * endpoint of Image Factory as GitHub's API, and the proxy plugin accepts that token.
 */
export const scmAuthModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ApiBlueprint.make({
      name: 'scm-auth',
      params: defineParams =>
        defineParams({
          api: scmAuthApiRef,
          deps: { identity: coreApis.identity },
          factory: ({ identity }) => ({
            async getCredentials() {
              const { token } = await identity.getCredentials();
              if (!token) throw new Error('You are not signed in to Backstage. Sign in, and try again.');
              return { token, headers: { Authorization: `Bearer ${token}` } };
            },
          }),
        }),
    }),
  ],
});
