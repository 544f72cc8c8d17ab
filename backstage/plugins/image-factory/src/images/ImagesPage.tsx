import { Container, Flex } from '@backstage/ui';
import { Loaded, useExistingPage, usePagination, type Paging } from '../shared';
import { ImagesBar } from './ImagesBar';
import { ImagesTable } from './ImagesTable';
import { ImagesTotal } from './ImagesTotal';
import { NoImages } from './NoImages';
import { useImages } from './useImages';
import { useImagesView } from './useImagesView';
import { EVERYTHING, isFiltered } from './view';

/** The images that the service tracks; those that need attention come first. */
export function ImagesPage() {
  const { view, change } = useImagesView();
  const images = useImages(view);
  const paging: Paging = {
    page: view.page,
    pageSize: view.pageSize,
    toPage: page => change({ page }),
    toPageSize: pageSize => change({ pageSize }),
  };
  const pagination = usePagination(paging);
  useExistingPage({ ...paging, toPage: page => change({ page }, { replace: true }) }, images.data?.total);
  const clear = () => change({ ...EVERYTHING, sort: view.sort, pageSize: view.pageSize });
  const filtered = isFiltered(view);
  return (
    <main>
      <Container>
        <Flex direction="column" gap="4">
          <ImagesBar view={view} change={change} clear={filtered ? clear : undefined} />
          <Loaded query={images}>
            {page => (
              <Flex direction="column" gap="3">
                <ImagesTotal total={page.total} />
                {page.total > 0 ? (
                  <ImagesTable
                    images={page.items}
                    loading={images.isPlaceholderData}
                    pagination={pagination(page.total)}
                  />
                ) : (
                  <NoImages clear={filtered ? clear : undefined} />
                )}
              </Flex>
            )}
          </Loaded>
        </Flex>
      </Container>
    </main>
  );
}
