import { ConfigReader } from '@backstage/config';
import { ApiBlueprint, coreApis, createFrontendModule } from '@backstage/frontend-plugin-api';
import { GithubActionsClient, githubActionsApiRef } from '@backstage-community/plugin-github-actions';

/**
 * Lets the GitHub Actions plugin ask Image Factory instead of GitHub, as the user of Backstage: nobody needs an account
 * at GitHub to see the runs.
 */
export const githubActionsModule = createFrontendModule({
  pluginId: 'github-actions',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: githubActionsApiRef,
          deps: { configApi: coreApis.config, identityApi: coreApis.identity },
          factory: ({ configApi, identityApi }) => {
            const apiBaseUrl = `${configApi.getString('backend.baseUrl')}/api/proxy/image-factory/proxy/github`;
            const hosts = configApi
              .getOptionalConfigArray('integrations.github')
              ?.map(integration => integration.getOptionalString('host') ?? 'github.com') ?? ['github.com'];
            return new GithubActionsClient({
              configApi: new ConfigReader({
                integrations: { github: hosts.map(host => ({ host, apiBaseUrl })) },
              }),
              scmAuthApi: {
                getCredentials: async () => {
                  const { token = '' } = await identityApi.getCredentials();
                  return { token, headers: {} };
                },
              },
            });
          },
        }),
    }),
  ],
});
