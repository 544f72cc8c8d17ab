import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import catalogGraphPlugin from '@backstage/plugin-catalog-graph/alpha';
import homePlugin from '@backstage/plugin-home/alpha';
import orgPlugin from '@backstage/plugin-org/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import searchPlugin from '@backstage/plugin-search/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
// docs: import
import imageFactoryPlugin from 'backstage-plugin-image-factory';
import githubActionsPlugin from '@backstage-community/plugin-github-actions/alpha';
import { githubActionsModule } from './githubActions';
// docs: end
import { signInModule } from './signIn';

export const app = createApp({
  features: [
    catalogPlugin,
    catalogGraphPlugin,
    homePlugin,
    orgPlugin,
    scaffolderPlugin,
    searchPlugin,
    userSettingsPlugin,
    signInModule,
    // docs: features
    imageFactoryPlugin,
    githubActionsPlugin,
    githubActionsModule,
    // docs: end
  ],
});
