import { useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import type { components } from 'backstage-plugin-image-factory-common';
import { ImageLink, Loaded, StatusText } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { CardFrame } from './CardFrame';
import { PlainList } from './PlainList';
import { useEntityImage } from './useEntityImage';

type Dependent = components['schemas']['Dependent'];

const FIRST = 10;

/** The images that directly depend on an image, with their statuses. */
export function DependentsCard() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { image } = useEntityImage();
  return (
    <CardFrame title={t('cards.dependents.title')}>
      <Loaded query={image}>{({ dependents }) => <Dependents dependents={dependents} />}</Loaded>
    </CardFrame>
  );
}

function Dependents({ dependents }: { dependents: Dependent[] }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const [all, setAll] = useState(false);
  const count = dependents.length;
  if (!count) return <Text>{t('cards.dependents.empty')}</Text>;
  const shown = all ? dependents : dependents.slice(0, FIRST);
  return (
    <>
      <Text>{t('cards.dependents.count', { count })}</Text>
      <PlainList>
        {shown.map(({ name, status }) => (
          <li key={name}>
            <Flex justify="between">
              <ImageLink name={name} />
              <StatusText status={status} />
            </Flex>
          </li>
        ))}
      </PlainList>
      {count > FIRST && (
        <Button size="small" variant="secondary" aria-expanded={all} onPress={() => setAll(!all)}>
          {all ? t('cards.dependents.fewer', { count: FIRST }) : t('cards.dependents.all', { count })}
        </Button>
      )}
    </>
  );
}
