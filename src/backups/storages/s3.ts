import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { type S3Settings, s3Settings } from './s3-settings.ts';
import {
  checkName,
  type Storage,
  type StorageKind,
  type StoragePorts,
  type StoredObject,
} from './storage.ts';

/** Parts that are on their way at once. */
const PARTS_AT_ONCE = 3;

/** What the SDK threw, in words; what broke the stream that was to be stored is said as it is. */
function refused(settings: S3Settings, error: unknown): Failed {
  const place = `the bucket ${settings.bucket}`;
  if (!(error instanceof Error)) return failed('STORE_UNAVAILABLE', `${place} took it not: ${String(error)}`);
  if (error.name === 'NoSuchBucket')
    return failed('STORE_UNAVAILABLE', `there is no ${place.slice(4)}`, 'Make it, or correct `bucket`.');
  if (/^(AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|Forbidden)$/.test(error.name))
    return failed(
      'STORE_UNAVAILABLE',
      `${place} refuses the key: ${error.name}`,
      'Correct `access_key` and `secret_key`; it needs to list, read, write and delete there.',
    );
  return failed('STORE_UNAVAILABLE', `${place} took it not: ${error.message || error.name}`);
}

/** Loaded when first needed: it costs a tenth of a second and most have no such storage. */
async function sdk() {
  const [client, storage] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  return { ...client, Upload: storage.Upload };
}

class S3 implements Storage {
  readonly #settings: S3Settings;
  readonly #ports: StoragePorts;
  #client: S3Client | undefined;

  constructor(settings: S3Settings, ports: StoragePorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** A stream that ends early would be stored as a whole object, so it must break instead: then nothing appears. */
  async write(name: string, content: Readable): Promise<Outcome<void>> {
    const { bucket, part_mib } = this.#settings;
    const key = this.#key(name);
    // It may break before anybody reads it.
    content.on('error', () => undefined);
    const written = await this.#with(async (client, { Upload }) => {
      const upload = new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: content },
        partSize: part_mib * 1024 * 1024,
        queueSize: PARTS_AT_ONCE,
      });
      await upload.done();
    });
    if (written.kind !== 'succeeded') content.destroy();
    return written;
  }

  async read(name: string): Promise<Outcome<Readable>> {
    const { bucket } = this.#settings;
    const key = this.#key(name);
    const got = await this.#with((client, { GetObjectCommand }) =>
      client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (got.kind !== 'succeeded') return got;
    const body = got.value.Body;
    if (body instanceof Readable) return succeeded(body);
    return failed('STORE_UNAVAILABLE', `the bucket ${bucket} gave no stream for ${name}`);
  }

  async list(folder: string): Promise<Outcome<readonly StoredObject[]>> {
    const { bucket } = this.#settings;
    const prefix = `${this.#key(folder)}/`;
    return this.#with(async (client, { paginateListObjectsV2 }) => {
      const found: StoredObject[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix }))
        for (const { Key = '', Size = 0 } of page.Contents ?? [])
          found.push({ name: `${folder}/${Key.slice(prefix.length)}`, bytes: Size });
      return found;
    });
  }

  async remove(name: string): Promise<Outcome<void>> {
    const { bucket } = this.#settings;
    const key = this.#key(name);
    return this.#with(async (client, { DeleteObjectCommand }) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    });
  }

  /** Parts of an upload that was cut off are no object; a store that cannot list them forgets them by a rule of its own. */
  async sweep(name: string): Promise<Outcome<void>> {
    const { bucket } = this.#settings;
    const key = this.#key(name);
    const swept = await this.#with(async (client, s3) => {
      const listed = await client.send(new s3.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key }));
      for (const { Key, UploadId } of listed.Uploads ?? [])
        if (Key === key && UploadId !== undefined)
          await client.send(new s3.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    });
    return swept.kind === 'succeeded' ? swept : succeeded(undefined);
  }

  describe() {
    const { bucket, region, endpoint = null, prefix = '' } = this.#settings;
    return { kind: 's3', bucket, region, endpoint, prefix };
  }

  async close(): Promise<void> {
    this.#client?.destroy();
    this.#client = undefined;
  }

  #key(name: string): string {
    const { prefix } = this.#settings;
    return prefix === undefined ? checkName(name) : `${prefix}/${checkName(name)}`;
  }

  async #with<T>(
    work: (client: S3Client, s3: Awaited<ReturnType<typeof sdk>>) => Promise<T>,
  ): Promise<Outcome<T>> {
    const client = await this.#open();
    if (client.kind !== 'succeeded') return client;
    try {
      return succeeded(await work(client.value, await sdk()));
    } catch (error) {
      if (error instanceof Error && /^(NoSuchKey|NotFound)$/.test(error.name))
        return failed('TARGET_NOT_FOUND', `it is not in the bucket ${this.#settings.bucket} any more`);
      return refused(this.#settings, error);
    }
  }

  async #open(): Promise<Outcome<S3Client>> {
    if (this.#client !== undefined) return succeeded(this.#client);
    const { region, endpoint, path_style, checksums, access_key, secret_key } = this.#settings;
    const id = this.#ports.secret(access_key);
    if (id.kind !== 'succeeded') return id;
    const secret = this.#ports.secret(secret_key);
    if (secret.kind !== 'succeeded') return secret;
    const { S3Client } = await sdk();
    const when = checksums === 'when_required' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
    this.#client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: path_style,
      requestChecksumCalculation: when,
      responseChecksumValidation: when,
      credentials: { accessKeyId: id.value, secretAccessKey: secret.value },
    });
    return succeeded(this.#client);
  }
}

/** A bucket of any store that speaks S3. */
export const s3Storage: StorageKind = {
  kind: 's3',
  summary: 'a bucket of a store that speaks S3',
  settings: s3Settings,
  create: (settings, ports) => new S3(s3Settings.parse(settings), ports),
};
