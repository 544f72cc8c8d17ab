import { useRouteRef, useTranslationRef } from '@backstage/frontend-plugin-api';
import { ButtonLink } from '@backstage/ui';
import { RiAddLine } from '@remixicon/react';
import { templateRouteRef } from '../routes';
import { imageFactoryTranslationRef } from '../translation';

/** Leads to the form that enrolls an image; nothing in an app without software templates. */
export function EnrollLink(props: { variant?: 'primary' | 'secondary' }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const template = useRouteRef(templateRouteRef);
  if (!template) return null;
  return (
    <ButtonLink
      variant={props.variant ?? 'primary'}
      iconStart={<RiAddLine />}
      href={template({ namespace: 'default', templateName: 'enroll-image' })}
    >
      {t('shared.enroll')}
    </ButtonLink>
  );
}
