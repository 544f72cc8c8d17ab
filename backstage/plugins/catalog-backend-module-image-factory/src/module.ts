import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  type AuthService,
} from '@backstage/backend-plugin-api';
import {
  catalogProcessingExtensionPoint,
  catalogServiceRef,
  type CatalogService,
} from '@backstage/plugin-catalog-node';
import { DeployedImageProcessor } from './DeployedImageProcessor';
import { ImageFactoryEntityProvider, LOCATION, refOf } from './ImageFactoryEntityProvider';

const DEFAULT_SCHEDULE = { frequency: { seconds: 30 }, timeout: { minutes: 2 } };
const DEFAULT_SHARE = 0.2;

/**
 * Adds the images to the catalog, if `catalog.providers.imageFactory` is configured, and makes the images that
 * components deploy their dependencies.
 */
export const catalogModuleImageFactory = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'image-factory',
  register(registration) {
    registration.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        processing: catalogProcessingExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ auth, catalog, config, logger, processing, scheduler }) {
        processing.addProcessor(new DeployedImageProcessor());
        const settings = config.getOptionalConfig('catalog.providers.imageFactory');
        if (!settings) {
          logger.info('catalog.providers.imageFactory is not configured: the provider of images is off');
          return;
        }
        const schedule = settings.getOptionalConfig('schedule');
        processing.addEntityProvider(
          new ImageFactoryEntityProvider({
            baseUrl: settings.getString('baseUrl'),
            token: settings.getOptionalString('token'),
            maxRemovedShare: settings.getOptionalNumber('maxRemovedShare') ?? DEFAULT_SHARE,
            logger,
            taskRunner: scheduler.createScheduledTaskRunner(
              schedule ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule) : DEFAULT_SCHEDULE,
            ),
            inCatalog: () => imagesInCatalog(catalog, auth),
          }),
        );
      },
    });
  },
});

async function imagesInCatalog(catalog: CatalogService, auth: AuthService): Promise<string[]> {
  const { items } = await catalog.getEntities(
    {
      filter: { kind: 'Resource', 'metadata.annotations.backstage.io/managed-by-origin-location': LOCATION },
      fields: ['kind', 'metadata.name', 'metadata.namespace'],
    },
    { credentials: await auth.getOwnServiceCredentials() },
  );
  return items.map(refOf);
}
