import { useImage } from '../shared';

/** Whether the caller may re-run the builds of the image, as the service says; undefined while it is not known. */
export function useMayRerun(name: string): boolean | undefined {
  const image = useImage(name).data as { may?: { rerun?: boolean } } | undefined;
  return image?.may?.rerun;
}
