import { createApp } from '@backstage/frontend-defaults';
import githubActionsPlugin from '@backstage-community/plugin-github-actions/alpha';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import catalogGraphPlugin from '@backstage/plugin-catalog-graph/alpha';
import homePlugin from '@backstage/plugin-home/alpha';
import orgPlugin from '@backstage/plugin-org/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import searchPlugin from '@backstage/plugin-search/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
import imageFactoryPlugin from 'backstage-plugin-image-factory';
import { githubActionsModule } from './githubActions';
import { signInModule } from './signIn';

export const app = createApp({
  features: [
    catalogPlugin,
    catalogGraphPlugin,
    githubActionsPlugin,
    githubActionsModule,
    homePlugin,
    imageFactoryPlugin,
    orgPlugin,
    scaffolderPlugin,
    searchPlugin,
    userSettingsPlugin,
    signInModule,
  ],
});
