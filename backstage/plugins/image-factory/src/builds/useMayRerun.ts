import { useImage } from '../shared';

/** Whether the caller may re-run the builds of the image; undefined until the service has answered. */
export function useMayRerun(name: string): boolean | undefined {
  const { data, isPending } = useImage(name);
  if (isPending) return undefined;
  // An older service does not say it, and a service that is down cannot: then its refusal of a re-run is shown.
  return data?.may?.rerun ?? true;
}
