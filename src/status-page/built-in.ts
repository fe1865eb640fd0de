import type { StatusBackend } from './status-page.ts';

/** Our own page shows what the journal holds, so that an update is on it as soon as it is kept. */
export const builtInPage: StatusBackend = {
  name: 'page',
  title: 'our page',
  limits: { title: 255, body: 25_000 },
  publish: async () => ({ kind: 'published' }),
};
