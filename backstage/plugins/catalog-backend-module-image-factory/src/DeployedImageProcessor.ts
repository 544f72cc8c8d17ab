import {
  getCompoundEntityRef,
  parseEntityRef,
  RELATION_DEPENDENCY_OF,
  RELATION_DEPENDS_ON,
  type CompoundEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import {
  processingResult,
  type CatalogProcessor,
  type CatalogProcessorEmit,
} from '@backstage/plugin-catalog-node';
import { DEPLOYED_IMAGE_ANNOTATION } from 'backstage-plugin-image-factory-common';

type LocationSpec = Parameters<NonNullable<CatalogProcessor['postProcessEntity']>>[1];

/** Makes the images that a component says it deploys dependencies of that component. */
export class DeployedImageProcessor implements CatalogProcessor {
  getProcessorName(): string {
    return 'ImageFactoryDeployedImageProcessor';
  }

  async postProcessEntity(
    entity: Entity,
    location: LocationSpec,
    emit: CatalogProcessorEmit,
  ): Promise<Entity> {
    const names = entity.metadata.annotations?.[DEPLOYED_IMAGE_ANNOTATION];
    if (entity.kind !== 'Component' || names === undefined) return entity;
    for (const name of names.split(',')) {
      const image = imageOf(name.trim());
      if (image) relate(getCompoundEntityRef(entity), image, emit);
      else emit(processingResult.inputError(location, notAnImage(name)));
    }
    return entity;
  }
}

function relate(component: CompoundEntityRef, image: CompoundEntityRef, emit: CatalogProcessorEmit): void {
  emit(processingResult.relation({ source: component, type: RELATION_DEPENDS_ON, target: image }));
  emit(processingResult.relation({ source: image, type: RELATION_DEPENDENCY_OF, target: component }));
}

/** `portal`, or `resource:default/portal`. */
function imageOf(name: string): CompoundEntityRef | undefined {
  try {
    const ref = parseEntityRef(name, { defaultKind: 'resource', defaultNamespace: 'default' });
    return /^[a-z0-9][-_.a-z0-9]{0,62}$/i.test(ref.name) ? ref : undefined;
  } catch {
    return undefined;
  }
}

function notAnImage(name: string): string {
  return `${DEPLOYED_IMAGE_ANNOTATION}: '${name.trim()}' is not the name of an image; write for example portal, or portal,api`;
}
