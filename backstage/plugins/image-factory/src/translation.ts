import { createTranslationRef } from '@backstage/frontend-plugin-api';
import { actionsMessages } from './actions/messages';
import { buildsMessages, runStateMessages } from './builds/messages';
import { cardsMessages } from './cards/messages';
import { homeMessages } from './home/messages';
import { imagesMessages } from './images/messages';
import { sharedMessages, statusMessages } from './shared/messages';
import { teamMessages } from './team/messages';
import { versionsMessages } from './versions/messages';

/** All texts of the plugin in English. An app can translate them with `createTranslationResource`. */
export const imageFactoryTranslationRef = createTranslationRef({
  id: 'plugin.image-factory',
  messages: {
    shared: sharedMessages,
    status: statusMessages,
    images: imagesMessages,
    home: homeMessages,
    team: teamMessages,
    versions: versionsMessages,
    builds: buildsMessages,
    runState: runStateMessages,
    cards: cardsMessages,
    actions: actionsMessages,
  },
});
