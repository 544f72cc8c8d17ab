import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { answerOf } from '../../api';
import { ImageLink, Loaded, StatusReason, useNumbers, useServiceQuery } from '../../shared';
import { imageFactoryTranslationRef } from '../../translation';
import { queryOf, EVERYTHING } from '../view';
import { NEEDS_ATTENTION } from './attention';
import { useImagesAddress } from './useImagesAddress';

const SHOWN = 5;
const EVERY = 10_000;

/** The images that need attention most, each with its reason. */
export function WorstImages(props: { owners: readonly string[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const numbers = useNumbers();
  const address = useImagesAddress();
  const view = { status: NEEDS_ATTENTION, owner: props.owners };
  const query = queryOf({ ...EVERYTHING, ...view, pageSize: SHOWN });
  const worst = useServiceQuery(['worst-images', query], {
    read: (api, signal) => answerOf(api.http.GET('/api/v1/images', { params: { query }, signal })),
    every: EVERY,
  });
  const all = address(view);
  return (
    <Loaded query={worst}>
      {({ items, total }) =>
        total === 0 ? (
          <Text>{t('images.summary.allWell')}</Text>
        ) : (
          <Flex direction="column" gap="2">
            <ol aria-label={t('images.summary.worst')} style={{ margin: 0, paddingInlineStart: '1.25rem' }}>
              {items.map(image => (
                <li key={image.name} style={{ marginBlockEnd: '0.5rem' }}>
                  <ImageLink name={image.name} />
                  <StatusReason image={image} />
                </li>
              ))}
            </ol>
            {total > items.length && all && (
              <Link href={all}>{t('images.summary.more', { number: numbers(total) })}</Link>
            )}
          </Flex>
        )
      }
    </Loaded>
  );
}
