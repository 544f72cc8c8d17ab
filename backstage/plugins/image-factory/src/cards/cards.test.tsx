import { screen } from '@testing-library/react';
import { imageIs, impactIs, MANAGED, noChecks } from '../__testUtils__/images';
import { PORTAL, showElement } from '../__testUtils__/render';
import { serviceForTests } from '../__testUtils__/service';
import { imageFactoryPlugin } from '../plugin';
import { BaseImagesCard } from './BaseImagesCard';
import { DependentsCard } from './DependentsCard';
import { ImageCard } from './ImageCard';
import { ImpactCard } from './ImpactCard';

const server = serviceForTests();

it('shows the four cards of a page with one request of the image', async () => {
  let reads = 0;
  server.use(
    imageIs(() => {
      reads += 1;
      return MANAGED;
    }),
    impactIs([]),
    noChecks,
  );

  showElement(
    <>
      <ImageCard />
      <BaseImagesCard />
      <DependentsCard />
      <ImpactCard />
    </>,
    PORTAL,
  );

  expect(await screen.findByText('Waiting')).toBeInTheDocument();
  expect(await screen.findByText(/nothing would be rebuilt/)).toBeInTheDocument();
  for (const name of ['Image', 'Base images', 'Dependents', 'Impact']) {
    expect(screen.getByRole('article', { name })).toBeInTheDocument();
  }
  expect(reads).toBe(1);
});

it.each(['image', 'base-images', 'dependents', 'impact'])('is part of the plugin: %s', name => {
  expect(imageFactoryPlugin.getExtension(`entity-card:image-factory/${name}` as never)).toBeDefined();
});
