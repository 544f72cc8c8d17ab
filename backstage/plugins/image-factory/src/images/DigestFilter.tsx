import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Checkbox, SearchField, Text } from '@backstage/ui';
import { wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import type { ChangeView } from './useImagesView';
import { useTypedText } from './useTypedText';
import { isDigest, type ImagesView } from './view';
import { FIELD_WIDTH } from './widths';

/** Finds the images that were built from a digest. */
export function DigestFilter(props: { view: ImagesView; change: ChangeView }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { view, change } = props;
  const field = useTypedText(view.builtFrom, builtFrom => change({ builtFrom }, { replace: true }));
  return (
    <>
      <SearchField
        label={t('images.builtFrom')}
        placeholder={t('images.digest')}
        value={field.text}
        onChange={field.onChange}
        style={{ maxWidth: FIELD_WIDTH }}
      />
      {isDigest(view.builtFrom) && (
        <Checkbox isSelected={view.transitive} onChange={transitive => change({ transitive })}>
          {t('images.transitive')}
        </Checkbox>
      )}
      {view.builtFrom && !isDigest(view.builtFrom) && (
        <Text role="alert" color="danger" style={wordColor('danger')}>
          {t('images.noDigest')}
        </Text>
      )}
    </>
  );
}
