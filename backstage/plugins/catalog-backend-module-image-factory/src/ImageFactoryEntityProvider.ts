import type { LoggerService, SchedulerServiceTaskRunner } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  ANNOTATION_ORIGIN_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import type {
  DeferredEntity,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import { ENTITIES_TASK } from 'backstage-plugin-image-factory-common';
import { assertFewRemoved, changesBetween, contentOf } from './changes';
import { readEntities, type ReadEntities } from './entities';

/** People see this location in the catalog, so it does not contain the address of the service. */
export const LOCATION = 'image-factory:entities';

/**
 * Brings the images of the service into the catalog: all of them at first, then only what changed.
 *
 * If the service cannot be read, or many images are gone at once, a run fails and the catalog keeps what it has.
 */
export class ImageFactoryEntityProvider implements EntityProvider {
  private connection?: EntityProviderConnection;
  private etag?: string;
  private known?: ReadonlyMap<string, string>;

  constructor(
    private readonly options: {
      /** The address of the service. */
      baseUrl: string;
      /** A token of the service that may read. */
      token?: string;
      /** At most this share of the images is removed at once, from 0 to 1. */
      maxRemovedShare: number;
      logger: LoggerService;
      taskRunner: SchedulerServiceTaskRunner;
      /** The references of the images that the catalog has from an earlier start. */
      inCatalog: () => Promise<readonly string[]>;
    },
  ) {}

  getProviderName(): string {
    return 'image-factory';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.connection = connection;
    await this.options.taskRunner.run({ id: ENTITIES_TASK, fn: signal => this.refresh(signal) });
  }

  /** Reads the entities of the service, and gives the catalog what changed. */
  async refresh(signal?: AbortSignal): Promise<void> {
    if (!this.connection) throw new Error('The catalog has not connected the provider yet');
    const { baseUrl, token } = this.options;
    const url = `${baseUrl.replace(/\/+$/, '')}/catalog/entities`;
    const read = await readEntities({ url, token, etag: this.etag, signal });
    if (!read) return;
    if (this.known) await this.applyChanges(this.connection, this.known, read);
    else await this.applyAll(this.connection, read);
    // Only now: an answer that could not be applied must be read again.
    this.known = new Map([...read.entities].map(([ref, entity]) => [ref, contentOf(entity)]));
    this.etag = read.etag;
  }

  private async applyAll(connection: EntityProviderConnection, { entities }: ReadEntities): Promise<void> {
    const before = await this.options.inCatalog();
    this.assertFew(before.length, before.filter(ref => !entities.has(ref)).length);
    await connection.applyMutation({ type: 'full', entities: [...entities.values()].map(deferred) });
    this.options.logger.info(`Image Factory: ${entities.size} images`);
  }

  private async applyChanges(
    connection: EntityProviderConnection,
    known: ReadonlyMap<string, string>,
    { entities }: ReadEntities,
  ): Promise<void> {
    const { added, removed } = changesBetween(known, entities);
    this.assertFew(known.size, removed.length);
    if (!added.length && !removed.length) return;
    await connection.applyMutation({
      type: 'delta',
      added: added.map(deferred),
      removed: removed.map(entityRef => ({ entityRef, locationKey: LOCATION })),
    });
    this.options.logger.info(`Image Factory: ${added.length} images changed, ${removed.length} removed`);
  }

  private assertFew(known: number, removed: number): void {
    assertFewRemoved(known, removed, this.options.maxRemovedShare);
  }
}

function deferred(entity: Entity): DeferredEntity {
  const annotations = {
    ...entity.metadata.annotations,
    [ANNOTATION_LOCATION]: LOCATION,
    [ANNOTATION_ORIGIN_LOCATION]: LOCATION,
  };
  return { locationKey: LOCATION, entity: { ...entity, metadata: { ...entity.metadata, annotations } } };
}

/** The reference of an entity that the catalog has. */
export const refOf = (entity: Entity): string => stringifyEntityRef(entity);
