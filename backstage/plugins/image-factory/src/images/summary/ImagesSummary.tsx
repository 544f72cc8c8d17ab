import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import { EnrollLink, Loaded, useFacets } from '../../shared';
import { imageFactoryTranslationRef } from '../../translation';
import { StatusCounts } from './StatusCounts';
import { useImagesAddress } from './useImagesAddress';
import { WorstImages } from './WorstImages';

/** How often the numbers are read again, in milliseconds. */
const EVERY = 10_000;

/**
 * How the images are, and which need attention.
 *
 * @param props.owners - only images of these owners; of everybody if it is empty
 * @param props.empty - the sentence where there is no image
 * @param props.children - more links
 */
export function ImagesSummary(props: { owners: readonly string[]; empty: string; children?: ReactNode }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { owners } = props;
  const facets = useFacets(owners, EVERY);
  const all = useImagesAddress()({ owner: owners });
  return (
    <Loaded query={facets}>
      {counted =>
        counted.total === 0 ? (
          <Flex direction="column" gap="3" align="start">
            <Text>{props.empty}</Text>
            <EnrollLink variant="secondary" />
          </Flex>
        ) : (
          <Flex direction="column" gap="3">
            <StatusCounts facets={counted} owners={owners} />
            <WorstImages owners={owners} />
            <Flex gap="4">
              {all && (
                <Link href={all}>{t(owners.length ? 'images.summary.team' : 'images.summary.all')}</Link>
              )}
              {props.children}
            </Flex>
          </Flex>
        )
      }
    </Loaded>
  );
}
