import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { imageIs, MANAGED, noChecks } from '../__testUtils__/images';
import { PORTAL, show } from '../__testUtils__/render';
import { SERVICE, serviceForTests } from '../__testUtils__/service';
import { offerToken } from './offerToken';

const server = serviceForTests();
const PAGE = 'https://factory.test/images/portal';
const CALLER = { caller: 'user:default/jane', owners: [], rights: [], ownersKnown: true, admin: false };

/** The forms that were sent, as the browser would send them. */
function sentForms() {
  const sent: { method: string; action: string; target: string; fields: Record<string, string> }[] = [];
  jest.spyOn(HTMLFormElement.prototype, 'submit').mockImplementation(function submit(this: HTMLFormElement) {
    const { method, action, target } = this;
    const inputs = [...this.querySelectorAll('input')];
    sent.push({
      method,
      action,
      target,
      fields: Object.fromEntries(inputs.map(each => [each.name, each.value])),
    });
  });
  return sent;
}

function serviceHasPage(kind: string) {
  server.use(
    imageIs(() => ({ ...MANAGED, links: { ...MANAGED.links, page: PAGE } })),
    noChecks,
    http.get(`${SERVICE}/api/v1/whoami`, () => HttpResponse.json({ ...CALLER, kind, role: null })),
  );
}

afterEach(() => jest.restoreAllMocks());

it('sends the token to the service, and nowhere else, in the body of a form', () => {
  const sent = sentForms();

  offerToken(`${PAGE}?tab=history`, 'a-token');

  expect(sent).toEqual([
    {
      method: 'post',
      action: 'https://factory.test/login/backstage',
      target: '_blank',
      fields: { token: 'a-token', next: '/images/portal?tab=history' },
    },
  ]);
  expect(document.querySelector('form')).toBeNull();
});

it('opens the page as it is for a person without a token', () => {
  const sent = sentForms();

  offerToken(PAGE, undefined);

  expect(sent).toEqual([{ method: 'get', action: PAGE, target: '_blank', fields: {} }]);
});

it.each([
  ['https:', 'http://factory.test/images/portal', 'get'],
  ['https:', PAGE, 'post'],
  ['http:', 'http://factory.test/images/portal', 'post'],
])('from a page of %s it opens %s with %s', (here, page, method) => {
  const sent = sentForms();

  offerToken(page, 'a-token', here);

  expect(sent.map(each => each.method)).toEqual([method]);
  expect(JSON.stringify(sent).includes('a-token')).toBe(method === 'post');
});

it('signs a person in whom the service knows by Backstage', async () => {
  serviceHasPage('user');
  const sent = sentForms();
  show('entity-card:image-factory/image');
  const link = await screen.findByRole('link', { name: /Image Factory/ });
  expect(link).toHaveAttribute('href', PAGE);

  await userEvent.click(link);

  await waitFor(() =>
    expect(sent).toMatchObject([
      { action: expect.stringContaining('https://factory.test/'), target: '_blank' },
    ]),
  );
});

it('opens the page without a token where the service knows no users of Backstage', async () => {
  serviceHasPage('token');
  const sent = sentForms();
  show('entity-card:image-factory/image');

  await userEvent.click(await screen.findByRole('link', { name: /Image Factory/ }));

  await waitFor(() => expect(sent).toEqual([{ method: 'get', action: PAGE, target: '_blank', fields: {} }]));
});

it('never sends a token to an address that only the entity has', async () => {
  server.use(
    imageIs(() => MANAGED),
    noChecks,
    http.get(`${SERVICE}/api/v1/whoami`, () => HttpResponse.json({ ...CALLER, kind: 'user', role: null })),
  );
  const sent = sentForms();
  const links = [{ url: 'https://elsewhere.test/images/portal', title: 'Image Factory' }];
  show('entity-card:image-factory/image', { ...PORTAL, metadata: { ...PORTAL.metadata, links } });

  await userEvent.click(await screen.findByRole('link', { name: /Image Factory/ }));

  expect(sent).toEqual([]);
});
