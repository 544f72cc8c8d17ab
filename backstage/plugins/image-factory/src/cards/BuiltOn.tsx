import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Text } from '@backstage/ui';
import { Digest, type Dependency, wordColor } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

const DOUBTFUL = ['mismatch', 'assumed'];

/** The digest of a dependency that an image was built from, and how that is known. */
export function BuiltOn({ dependency }: { dependency: Dependency }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { builtOn, evidence } = dependency;
  if (!builtOn) {
    const pinned = dependency.reference.includes('@');
    return (
      <Text style={wordColor(pinned ? 'primary' : 'warning')}>
        {pinned ? t('cards.bases.pinned') : t('cards.bases.notKnown')}
      </Text>
    );
  }
  return (
    <>
      <Digest digest={builtOn} />
      {evidence && (
        <Text
          as="div"
          variant="body-small"
          style={wordColor(DOUBTFUL.includes(evidence) ? 'warning' : 'primary')}
          weight={DOUBTFUL.includes(evidence) ? 'bold' : 'regular'}
        >
          {t(`cards.evidence.${evidence}`)}
        </Text>
      )}
    </>
  );
}
