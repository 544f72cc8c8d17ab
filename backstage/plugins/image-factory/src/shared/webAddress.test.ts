import { webAddress } from './webAddress';

it.each(['https://ghcr.io/acme', 'http://127.0.0.1:8080/x', 'HTTPS://ghcr.io'])('takes %s', address => {
  expect(webAddress(address)).toBe(address);
});

it.each([
  `${'java'}script:alert(1)`,
  'data:text/html,x',
  '//ghcr.io',
  'https:///x',
  ' https://x',
  '',
  null,
  undefined,
])('takes no %s', address => {
  expect(webAddress(address)).toBeUndefined();
});
