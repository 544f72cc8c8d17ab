import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Text } from '@backstage/ui';
import { Actions } from '../actions/Actions';
import { Loaded, Moment, StatusText, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { CardFrame } from './CardFrame';
import { ImageFacts } from './ImageFacts';
import { ImageLinks } from './ImageLinks';
import { Requests } from './Requests';
import { useEntityImage } from './useEntityImage';

/** An image: its status and why, what people asked for, its digest and rebuilds, and what one can do. */
export function ImageCard() {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { entity, image } = useEntityImage();
  return (
    <CardFrame title={t('cards.image.title')}>
      <Loaded query={image}>
        {found => (
          <>
            <Status image={found} />
            <Requests image={found} />
            <ImageFacts image={found} />
            <ImageLinks entity={entity} image={found} />
            <Actions image={found} />
          </>
        )}
      </Loaded>
    </CardFrame>
  );
}

function Status({ image }: { image: Image }) {
  return (
    <>
      <Flex direction="column" gap="1" role="status">
        <StatusText status={image.status} />
        <Text>{image.reason}</Text>
      </Flex>
      <LastError image={image} />
      {image.notes.map(note => (
        <Text key={note}>{note}</Text>
      ))}
    </>
  );
}

/** The current problem, unless the reason of the status names it already. */
function LastError({ image }: { image: Image }) {
  const problem = image.lastError;
  if (!problem || image.reason.includes(problem.message)) return null;
  return <Alert status="danger" icon title={problem.message} description={<Moment at={problem.at} />} />;
}
