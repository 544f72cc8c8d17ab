import { useState, type MouseEvent } from 'react';
import { identityApiRef, useApi, useTranslationRef, type IdentityApi } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import { useCaller, webAddress } from '../shared';
import { imageFactoryTranslationRef } from '../translation';
import { offerToken } from './offerToken';

/**
 * Leads to the page of an image at the service, and signs the person in there with the token of Backstage.
 *
 * The address is the one that the service names: an entity can have links of others, and they must not get the token.
 */
export function ServiceLink({ page }: { page: string }) {
  const { t } = useTranslationRef(imageFactoryTranslationRef);
  const identity = useApi(identityApiRef);
  const caller = useCaller();
  const [asking, setAsking] = useState(false);

  const open = async () => {
    setAsking(true);
    // A person who is fast clicks before it is known whom the service takes the person for.
    const { kind } = caller.data ?? (await caller.refetch()).data ?? {};
    // Without a token the person signs in there.
    const token = kind === 'user' ? await tokenOf(identity) : undefined;
    setAsking(false);
    offerToken(page, token);
  };
  const follow = (event: MouseEvent) => {
    // Any other click opens the page as usual, and people sign in there.
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!asking) void open();
  };

  if (!webAddress(page)) return null;
  return (
    <Link href={page} target="_blank" rel="noreferrer" onClick={follow}>
      {t('cards.links.service')}
    </Link>
  );
}

function tokenOf(identity: IdentityApi): Promise<string | undefined> {
  return identity.getCredentials().then(
    ({ token }) => token,
    () => undefined,
  );
}
