import { answerOf } from '../api';
import { useServiceQuery } from '../shared';
import { WHILE_READING, type Version } from './useVersions';

/** One version with all its details; it is asked for again until the service has them. */
export function useVersion(name: string, tag: string) {
  return useServiceQuery<Version>(['image', name, 'version', tag], {
    read: (api, signal) =>
      answerOf(
        api.http.GET('/api/v1/images/{name}/versions/{tag}', { params: { path: { name, tag } }, signal }),
      ),
    every: found => (found?.pending ? WHILE_READING : false),
  });
}
