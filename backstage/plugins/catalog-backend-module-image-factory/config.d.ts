export interface Config {
  catalog?: {
    providers?: {
      /** Brings the images of Image Factory into the catalog. */
      imageFactory?: {
        /** The address of the service, such as http://image-factory:8080. */
        baseUrl: string;
        /**
         * A token of the service with the role `read`.
         * @visibility secret
         */
        token?: string;
        /** How often the service is asked; default: every 30 seconds, for at most 2 minutes. */
        schedule?: {
          frequency: unknown;
          timeout: unknown;
        };
      };
    };
  };
}
