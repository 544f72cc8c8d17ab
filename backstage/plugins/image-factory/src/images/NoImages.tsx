import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button, Flex, Text } from '@backstage/ui';
import { EnrollLink } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** What to do where there is no image: clear the filters, or enroll one. */
export function NoImages(props: { clear: (() => void) | undefined }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  return (
    <Flex direction="column" gap="3" align="start">
      <Text>{t(props.clear ? 'images.noMatch' : 'images.empty')}</Text>
      {props.clear ? (
        <Button variant="secondary" onPress={props.clear}>
          {t('images.clear')}
        </Button>
      ) : (
        <EnrollLink />
      )}
    </Flex>
  );
}
