import { MANAGED } from '../__testUtils__/images';
import { PORTAL } from '../__testUtils__/render';
import type { Image } from '../shared';
import { pagesOf } from './links';

const TITLES = { registry: 'Registry', source: 'Source', workflow: 'Workflow', stateFile: 'State file' };
const LINKS = {
  ...MANAGED.links,
  registry: 'https://github.com/orgs/acme/packages/container/package/portal',
  source: 'https://github.com/acme/portal/tree/main/app/',
  workflow: 'https://github.com/acme/portal/actions/workflows/build.yml',
  stateFile: 'https://github.com/acme/images/blob/main/state/images/portal.yaml',
};
const entityWith = (...links: { url: string; title?: string }[]) => ({
  ...PORTAL,
  metadata: { ...PORTAL.metadata, links },
});

it('links the pages that the service knows', () => {
  const pages = pagesOf({ ...MANAGED, links: LINKS }, PORTAL, TITLES);

  expect(pages.map(page => [page.title, page.url])).toEqual([
    ['Registry', LINKS.registry],
    ['Source', LINKS.source],
    ['Workflow', LINKS.workflow],
    ['State file', LINKS.stateFile],
  ]);
});

it('adds the other links of the entity, such as the page at the service, and none twice', () => {
  const entity = entityWith(
    { url: LINKS.source, title: 'Source' },
    { url: 'https://factory.test/images/portal' },
  );

  const pages = pagesOf({ ...MANAGED, links: { ...LINKS, workflow: null, stateFile: null } }, entity, TITLES);

  expect(pages.map(page => page.title)).toEqual(['Registry', 'Source', 'https://factory.test/images/portal']);
});

it('leaves the page at the service out where the service names it', () => {
  const page = 'https://factory.test/images/portal';
  const entity = entityWith({ url: page, title: 'Image Factory' }, { url: LINKS.source, title: 'Source' });

  const pages = pagesOf({ ...MANAGED, links: { ...MANAGED.links, page } }, entity, TITLES);

  expect(pages.map(each => each.title)).toEqual(['Source']);
});

it('links nothing that is no web address', () => {
  const entity = entityWith({ url: 'ftp://ghcr.io/portal', title: 'Bad' });

  expect(pagesOf({ ...MANAGED, links: { ...MANAGED.links, source: '/etc/passwd' } }, entity, TITLES)).toEqual(
    [],
  );
});

it('links what the entity links where the service sends no links', () => {
  const { links: _, ...image } = MANAGED;
  const entity = entityWith({ url: LINKS.registry, title: 'Registry' });

  expect(pagesOf(image as unknown as Image, entity, TITLES)).toEqual([
    { url: LINKS.registry, title: 'Registry' },
  ]);
});
