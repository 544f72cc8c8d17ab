import type { Entity } from '@backstage/catalog-model';
import { DeployedImageProcessor } from './DeployedImageProcessor';

const LOCATION = { type: 'url', target: 'https://git.test/catalog-info.yaml' };

function component(images?: string, kind = 'Component'): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name: 'shop',
      annotations: images === undefined ? {} : { 'image-factory.io/deployed-image': images },
    },
  };
}

async function emitted(entity: Entity) {
  const emit = jest.fn();
  await new DeployedImageProcessor().postProcessEntity(entity, LOCATION, emit);
  return emit.mock.calls.map(([result]) => result);
}

const relations = (results: any[]) =>
  results
    .filter(result => result.type === 'relation')
    .map(({ relation: { source, type, target } }) => `${source.name} ${type} ${target.kind}:${target.name}`);

it('relates the component and its image on both sides', async () => {
  expect(relations(await emitted(component('portal')))).toEqual([
    'shop dependsOn resource:portal',
    'portal dependencyOf Component:shop',
  ]);
});

it.each(['portal, api', 'portal,resource:default/api'])('relates each image of "%s"', async images => {
  const targets = relations(await emitted(component(images))).filter(line => line.startsWith('shop'));

  expect(targets).toEqual(['shop dependsOn resource:portal', 'shop dependsOn resource:api']);
});

it('does nothing for a component without the annotation, and for other kinds', async () => {
  expect(await emitted(component())).toEqual([]);
  expect(await emitted(component('portal', 'System'))).toEqual([]);
});

it.each(['', 'por tal', 'portal,', 'ghcr.io/acme/portal'])(
  'reports "%s" as an error of the entity',
  async images => {
    const errors = (await emitted(component(images))).filter(result => result.type === 'error');

    expect(errors).toHaveLength(1);
    expect(errors[0].error.message).toContain('image-factory.io/deployed-image');
  },
);
