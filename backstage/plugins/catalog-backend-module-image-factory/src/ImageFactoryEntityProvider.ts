import type { LoggerService, SchedulerServiceTaskRunner } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import type { EntityProvider, EntityProviderConnection } from '@backstage/plugin-catalog-node';
import { ENTITIES_TASK } from 'backstage-plugin-image-factory-common';

/** Brings all entities of the service into the catalog. */
export class ImageFactoryEntityProvider implements EntityProvider {
  private connection?: EntityProviderConnection;

  constructor(
    private readonly options: {
      baseUrl: string;
      token?: string;
      logger: LoggerService;
      taskRunner: SchedulerServiceTaskRunner;
    },
  ) {}

  getProviderName(): string {
    return 'image-factory';
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.connection = connection;
    await this.options.taskRunner.run({ id: ENTITIES_TASK, fn: signal => this.refresh(signal) });
  }

  async refresh(signal?: AbortSignal): Promise<void> {
    if (!this.connection) throw new Error('The catalog has not connected the provider yet');
    const { baseUrl, token } = this.options;
    const response = await fetch(`${baseUrl}/catalog/entities`, {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      signal,
    });
    if (!response.ok) {
      throw new Error(`Image Factory answered ${response.status}; the catalog keeps its entities`);
    }
    const { items } = (await response.json()) as { items: Entity[] };
    const annotations = {
      'backstage.io/managed-by-location': `url:${baseUrl}/catalog/entities`,
      'backstage.io/managed-by-origin-location': `url:${baseUrl}/catalog/entities`,
    };
    await this.connection.applyMutation({
      type: 'full',
      entities: items.map(entity => ({
        locationKey: this.getProviderName(),
        entity: {
          ...entity,
          metadata: { ...entity.metadata, annotations: { ...entity.metadata.annotations, ...annotations } },
        },
      })),
    });
    this.options.logger.info(`Image Factory: ${items.length} entities`);
  }
}
