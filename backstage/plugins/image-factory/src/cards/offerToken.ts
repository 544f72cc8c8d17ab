/**
 * Opens a page of the service in another tab, and offers the service a token of Backstage. The service shows whose token
 * it is, and the person continues to the page with one click. Without a token the page opens as it is; so it does where
 * the token would leave an encrypted page unencrypted.
 *
 * @param page - the address of the page at the service
 * @param here - the protocol of the page of Backstage
 */
export function offerToken(page: string, token: string | undefined, here = window.location.protocol): void {
  const { origin, pathname, search, protocol } = new URL(page);
  const offered = here === 'https:' && protocol !== 'https:' ? undefined : token;
  const form = document.createElement('form');
  form.target = '_blank';
  form.setAttribute('rel', 'noopener');
  form.action = offered ? `${origin}/login/backstage` : page;
  if (offered) {
    form.method = 'post';
    form.append(field('token', offered), field('next', `${pathname}${search}`));
  }
  document.body.append(form);
  form.submit();
  form.remove();
}

function field(name: string, value: string): HTMLInputElement {
  const input = document.createElement('input');
  input.type = 'hidden';
  input.name = name;
  input.value = value;
  return input;
}
