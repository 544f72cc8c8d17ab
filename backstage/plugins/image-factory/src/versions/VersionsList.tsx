import type { TablePaginationType } from '@backstage/ui';
import { useNarrow, type Image } from '../shared';
import type { VersionPage } from './useVersions';
import { VersionsCards } from './VersionsCards';
import { VersionsTable } from './VersionsTable';

/** What a list of versions shows. */
export interface VersionsShown {
  readonly page: VersionPage;
  readonly image: Image | undefined;
  readonly loading: boolean;
  readonly filtered: boolean;
  readonly pagination: TablePaginationType;
  readonly onDetails: (tag: string) => void;
}

/** One page of versions: a table, or cards on a phone. */
export function VersionsList(props: VersionsShown) {
  return useNarrow() ? <VersionsCards {...props} /> : <VersionsTable {...props} />;
}
