import { z } from 'zod';

const secret = z.union([
  z.strictObject({ env: z.string().min(1).describe('the environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('the file that holds it') }),
]);

const id = z
  .string()
  .regex(/^[a-z0-9]{6,32}$/i, 'not an id of Statuspage\nwrite it as the address of its page shows it');

/** Strict schema of `status_page.backends.statuspage`. */
export const statuspageSettings = z.strictObject({
  page: id.describe('id of the page: the end of its address in the management interface'),
  api_key: secret
    .prefault({ env: 'STATUSPAGE_API_KEY' })
    .describe('API key of somebody who may edit the page'),
  components: z
    .record(z.string().min(1), id)
    .default({})
    .describe('ids over there, by the names under `status_page.components`'),
});

/** Settings as {@link statuspageSettings} accepted them. */
export type StatuspageSettings = z.infer<typeof statuspageSettings>;
