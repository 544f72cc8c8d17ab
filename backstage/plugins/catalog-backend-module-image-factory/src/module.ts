import {
  coreServices,
  createBackendModule,
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { ImageFactoryEntityProvider } from './ImageFactoryEntityProvider';

const DEFAULT_SCHEDULE = { frequency: { seconds: 30 }, timeout: { minutes: 2 } };

/** Adds the entity provider of Image Factory to the catalog, if `catalog.providers.imageFactory` is configured. */
export const catalogModuleImageFactory = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'image-factory',
  register(registration) {
    registration.registerInit({
      deps: {
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init({ catalog, config, logger, scheduler }) {
        const settings = config.getOptionalConfig('catalog.providers.imageFactory');
        if (!settings) {
          logger.info('catalog.providers.imageFactory is not configured: no images are added to the catalog');
          return;
        }
        const schedule = settings.getOptionalConfig('schedule');
        catalog.addEntityProvider(
          new ImageFactoryEntityProvider({
            baseUrl: settings.getString('baseUrl'),
            token: settings.getOptionalString('token'),
            logger,
            taskRunner: scheduler.createScheduledTaskRunner(
              schedule ? readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule) : DEFAULT_SCHEDULE,
            ),
          }),
        );
      },
    });
  },
});
