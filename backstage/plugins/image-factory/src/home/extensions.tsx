import { HomePageWidgetBlueprint } from '@backstage/plugin-home-react/alpha';

/** The card "Images" of the home page; `ImageFactoryImages` in the home page's `defaultConfig`. */
const images = HomePageWidgetBlueprint.make({
  name: 'images',
  params: {
    name: 'ImageFactoryImages',
    title: 'Images',
    description: 'How many images have each status, and which of them need attention',
    components: () => import('./HomeImages').then(({ HomeImages }) => ({ Content: HomeImages })),
    layout: { width: { defaultColumns: 6, minColumns: 3 }, height: { defaultRows: 8, minRows: 3 } },
  },
});

export const homeExtensions = [images];
