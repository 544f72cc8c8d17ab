/**
 * The types of Image Factory's HTTP API, and the names that its Backstage plugins share.
 *
 * `generated.ts` is made from the service's OpenAPI document; see the README of this workspace.
 *
 * @packageDocumentation
 */
export * from './names';
export type { components, operations, paths } from './generated';
