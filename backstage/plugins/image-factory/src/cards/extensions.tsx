import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { IMAGE_TYPES } from 'backstage-plugin-image-factory-common';

const anyImage = { kind: 'resource', 'spec.type': { $in: [...IMAGE_TYPES] } };
const managedImage = { kind: 'resource', 'spec.type': 'managed-image' };

const image = EntityCardBlueprint.make({
  name: 'image',
  params: {
    filter: anyImage,
    type: 'info',
    loader: () => import('./ImageCard').then(module => <module.ImageCard />),
  },
});

const baseImages = EntityCardBlueprint.make({
  name: 'base-images',
  params: {
    filter: managedImage,
    type: 'content',
    loader: () => import('./BaseImagesCard').then(module => <module.BaseImagesCard />),
  },
});

const dependents = EntityCardBlueprint.make({
  name: 'dependents',
  params: {
    filter: anyImage,
    type: 'content',
    loader: () => import('./DependentsCard').then(module => <module.DependentsCard />),
  },
});

const impact = EntityCardBlueprint.make({
  name: 'impact',
  params: {
    filter: anyImage,
    type: 'content',
    loader: () => import('./ImpactCard').then(module => <module.ImpactCard />),
  },
});

export const cardsExtensions = [image, baseImages, dependents, impact];
