import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Text } from '@backstage/ui';
import { ImageLink, Loaded, useImpact, type Impact } from '../shared';
import { imageFactoryTranslationRef } from '../translation';

/** What an emergency rebuild of an image covers, and which of it cannot be built and why. */
export function EmergencyImpact({ name }: { name: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const impact = useImpact(name, { emergency: true });
  return (
    <section aria-label={t('actions.emergency.covers')}>
      <Text as="h3" weight="bold">
        {t('actions.emergency.covers')}
      </Text>
      <Loaded query={impact}>
        {({ items, total }) => (
          <>
            {!items.length && <Text>{t('actions.emergency.nothing', { name })}</Text>}
            {total > items.length && (
              <Text>
                {t('actions.emergency.more', { shown: String(items.length), total: String(total) })}
              </Text>
            )}
            <ul style={{ margin: 0 }}>
              {items.map(each => (
                <li key={each.name}>
                  <Covered impact={each} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Covered({ impact }: { impact: Impact }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const parents = impact.path.slice(0, -1).join(', ');
  const remark = impact.reason ?? (parents && t('actions.emergency.after', { parents }));
  return (
    <>
      <Flex justify="between">
        <ImageLink name={impact.name} />
        <Text weight="bold" color={impact.automatic ? 'info' : 'danger'}>
          {impact.automatic ? t('actions.emergency.willBe') : t('actions.emergency.cannotBe')}
        </Text>
      </Flex>
      {remark && (
        <Text as="div" variant="body-small">
          {remark}
        </Text>
      )}
    </>
  );
}
