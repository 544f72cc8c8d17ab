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
        /**
         * At most this share of the images is removed from the catalog at once, from 0 to 1; five are always
         * removed. Default: 0.2. A run that finds more of them gone fails, and removes none.
         */
        maxRemovedShare?: number;
        /** How often the service is asked; default: every 30 seconds, for at most 2 minutes. */
        schedule?: {
          frequency: unknown;
          timeout: unknown;
        };
      };
    };
  };
}
