import { z } from 'zod';
import { failed, type Outcome, succeeded } from './outcome.ts';

const sums = { bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) };

const manifest = z.object({
  manifest: z.literal(1),
  id: z.string(),
  receipt: z.string(),
  service: z.string(),
  environment: z.string(),
  component: z.string(),
  name: z.string(),
  kind: z.string(),
  change: z.string().optional(),
  started: z.iso.datetime(),
  ended: z.iso.datetime(),
  duration_ms: z.number(),
  artifact: z.string(),
  ...sums,
  plain: z.object(sums),
  tool: z.object({ command: z.string(), version: z.string() }),
  compression: z.enum(['zstd', 'none']),
  encryption: z.enum(['age', 'none']),
  recipients: z.array(z.string()),
  warning: z.string().optional(),
  verified: z
    .object({ at: z.iso.datetime(), depth: z.enum(['sums', 'content']), said: z.string() })
    .nullable(),
  /** How a person restores it without Botswain. */
  by_hand: z.string(),
});

/** What lies beside an artifact and says that it is whole; written last. */
export type Manifest = z.infer<typeof manifest>;

/** Bytes of the largest manifest that is read. */
export const MANIFEST_BYTES = 65_536;

/** A manifest as the text that is stored. */
export const manifestText = (content: Manifest): string => `${JSON.stringify(content, undefined, 2)}\n`;

/** Reads a manifest; failed where it is none. */
export function parseManifest(text: string): Outcome<Manifest> {
  try {
    return succeeded(manifest.parse(JSON.parse(text)));
  } catch {
    return failed('TARGET_NOT_VERIFIED', 'its manifest cannot be read; somebody altered it, or it was cut');
  }
}
