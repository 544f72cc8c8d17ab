/**
 * Opens a page of the service in another tab, and offers the service a token of Backstage. The service shows whose token
 * it is, and the person continues to the page with one click. Without a token the page opens as it is.
 *
 * @param page - the address of the page at the service
 */
export function offerToken(page: string, token: string | undefined): void {
  const { origin, pathname, search } = new URL(page);
  const form = document.createElement('form');
  form.target = '_blank';
  form.setAttribute('rel', 'noopener');
  form.action = token ? `${origin}/login/backstage` : page;
  if (token) {
    form.method = 'post';
    form.append(field('token', token), field('next', `${pathname}${search}`));
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
