import { z } from 'zod';

const secret = z.union([
  z.strictObject({ env: z.string().min(1).describe('the environment variable that holds it') }),
  z.strictObject({ file: z.string().min(1).describe('the file that holds it') }),
]);

/** Strict schema of an S3-compatible storage. */
export const s3Settings = z.strictObject({
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'a name of a bucket: a-z, 0-9, "." and "-"')
    .describe('the bucket; it must exist'),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe("address of the store, where it is not Amazon's: https://s3.example.net"),
  region: z.string().min(1).default('us-east-1').describe('region, where the store knows regions'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/, 'plain words with "/" between them')
    .exactOptional()
    .describe('put before every name'),
  access_key: secret.describe('access key id'),
  secret_key: secret.describe('secret access key'),
  path_style: z
    .boolean()
    .default(false)
    .describe('the bucket stands in the path and not in the host name, as many stores want it'),
  checksums: z
    .enum(['when_supported', 'when_required'])
    .default('when_supported')
    .describe('`when_required` for stores that refuse the CRC32 which the SDK adds'),
  part_mib: z
    .int()
    .min(5)
    .max(512)
    .default(16)
    .describe('MiB of each part; 10,000 parts at most, so 16 allow 156 GiB; four are held in memory'),
});

/** Settings as {@link s3Settings} accepted them. */
export type S3Settings = z.infer<typeof s3Settings>;
