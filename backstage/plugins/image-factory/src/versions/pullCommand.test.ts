import { platformPullCommand, pullCommand } from './pullCommand';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it('pulls exactly one version', () => {
  expect(pullCommand(`ghcr.io/acme/app:1@${DIGEST}`)).toBe(`docker pull ghcr.io/acme/app:1@${DIGEST}`);
});

it.each([
  ['ghcr.io/acme/app:1.4@sha256:b', 'ghcr.io/acme/app'],
  ['ghcr.io/acme/app:1.4', 'ghcr.io/acme/app'],
  ['registry.example.com:5000/app:1.4@sha256:b', 'registry.example.com:5000/app'],
  ['registry.example.com:5000/app@sha256:b', 'registry.example.com:5000/app'],
])('pulls one platform of %s by its digest alone', (reference, repository) => {
  expect(platformPullCommand({ reference, tag: '1.4' }, DIGEST)).toBe(`docker pull ${repository}@${DIGEST}`);
});
