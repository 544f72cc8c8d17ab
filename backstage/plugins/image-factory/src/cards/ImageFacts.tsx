import { coreApis, useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { CopyButton, Digest, ImageLink, Moment, useNow, utcDay, type Image } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { BuiltOn } from './BuiltOn';
import { Fact, Facts } from './Facts';
import { LastRebuild } from './LastRebuild';
import { NextCheck } from './NextCheck';

/** What is known about an image, beside its status. */
export function ImageFacts({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const managed = image.role === 'managed';
  return (
    <Facts>
      <Fact label={t('cards.image.reference')}>
        {image.reference}
        <CopyButton text={image.reference} />
      </Fact>
      <Fact label={t('cards.image.digest')}>
        {image.digest ? <Digest digest={image.digest} /> : t('cards.image.notChecked')}
      </Fact>
      {managed && <BuiltFrom image={image} />}
      <Fact label={t('cards.image.digestChanged')}>
        {image.lastUpdated ? <Moment at={image.lastUpdated} /> : t('cards.image.neverChanged')}
      </Fact>
      {image.lastBuilt && (
        <Fact label={t('cards.image.lastBuilt')}>
          <Moment at={image.lastBuilt} />
        </Fact>
      )}
      <Fact label={t('cards.image.lastChecked')}>
        {image.lastChecked ? <Moment at={image.lastChecked} /> : t('cards.image.notChecked')}
      </Fact>
      <NextCheck registry={image.registry} />
      {image.nextEligibleAt && <NextRebuild at={image.nextEligibleAt} />}
      {managed && (
        <Fact label={t('cards.image.lastRebuild')}>
          <LastRebuild rebuild={image.lastRebuild} />
        </Fact>
      )}
    </Facts>
  );
}

function BuiltFrom({ image }: { image: Image }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const final = image.dependencies.filter(dependency => dependency.role === 'final');
  if (!final.length) return null;
  return (
    <Fact label={t('cards.image.builtFrom')}>
      {final.map(dependency => (
        <div key={dependency.reference}>
          <ImageLink name={dependency.name} /> <BuiltOn dependency={dependency} />
        </div>
      ))}
    </Fact>
  );
}

function NextRebuild({ at }: { at: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const { language } = useApi(coreApis.appLanguage).getLanguage();
  const day = utcDay(new Date(at), useNow(), language);
  return (
    <Fact label={t('cards.image.nextRebuild')}>
      {t('cards.image.onOrAfter', { day })} (<Moment at={at} />)
    </Fact>
  );
}
