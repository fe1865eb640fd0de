import { z } from 'zod';
import { backupKinds } from '../src/backups/registry.ts';
import type { PlacedBackup } from '../src/domain/backup.ts';
import { whyNoCron } from '../src/domain/schedule.ts';
import { name, secretReference, someDuration } from './fields.ts';
import type { ServiceHere } from './place.ts';
import { entry } from './read.ts';

const many = (what: string) => z.int().min(0).max(10_000).optional().describe(what);

const keep = z
  .strictObject({
    last: many('the newest so many'),
    daily: many('the newest of each of the last so many days that have any'),
    weekly: many('the newest of each of the last so many ISO weeks that have any'),
    monthly: many('the newest of each of the last so many months that have any'),
  })
  .refine((kept) => Object.values(kept).some((count) => (count ?? 0) > 0), {
    error: 'nothing would be kept\nsay how many: { daily: 7, weekly: 4, monthly: 6 }',
  });

const base = {
  component: name.describe('the component it is about: its target, its lock'),
  storage: name.describe('name of a storage in botswain.yaml'),
  keep: keep.optional().describe('what is kept; the rest is deleted once a day. Absent = everything is kept'),
  max_age: someDuration
    .optional()
    .describe('past this the newest one counts as too old, and `backups` says so'),
  compress: z
    .boolean()
    .optional()
    .describe('zstd on the way; absent = yes, unless the dump is small already'),
  encrypt_to: z
    .array(z.string().regex(/^age1[0-9a-z]{58}$/, 'a public key of age: age1…'))
    .max(20)
    .default([])
    .describe('age recipients, who can read it: public keys only'),
  identity: secretReference
    .optional()
    .describe('the age identity, where Botswain itself is to read back and restore what is encrypted'),
  drill: z
    .string()
    .refine((text) => whyNoCron(text) === undefined, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is not a calendar rule: ${whyNoCron(String(input))}\nwrite minute, hour, day of the month, month and day of the week: "0 5 1 * *"`,
    })
    .optional()
    .describe('when the newest one is read back whole by itself, in the configured time zone'),
  stop: z
    .array(name)
    .default([])
    .describe('components that are stopped before a restore, in this order, and started in reverse'),
  timeout: someDuration
    .prefault('2h')
    .describe('past this taking, reading back or restoring it is broken off'),
};

const KEYS = ['kind', ...Object.keys(base)];

const kinds = backupKinds.map(({ kind, summary, settings }) => {
  if (!(settings instanceof z.ZodObject))
    throw new Error(`the settings of kind ${kind} are not one z.strictObject`);
  return settings.safeExtend({ kind: z.literal(kind).describe('what it is'), ...base }).describe(summary);
});

interface BackupEntry extends z.infer<z.ZodObject<typeof base>> {
  readonly kind: string;
  readonly [key: string]: unknown;
}

function oneOfKinds(): z.ZodType<BackupEntry> {
  const [first, ...rest] = kinds;
  if (first === undefined) throw new Error('there is no kind of backup');
  return z.discriminatedUnion('kind', [first, ...rest]).pipe(z.custom<BackupEntry>());
}

/** What a service file says under `backups`. */
export const backupsSetting = z
  .record(name, oneOfKinds())
  .default({})
  .describe('what of it is backed up, by name: `backup`, `backups`, `restore`');

const present = <T extends object>(values: T): { readonly [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof T]?: NonNullable<T[K]>;
  };

/** Puts `backups` of a service's file into the shape the program works with. */
export const placeBackups = ({ environment, content, value }: ServiceHere): readonly PlacedBackup[] =>
  Object.entries(value.backups).map(([backup, given]) => {
    const written = Object.entries(entry(entry(entry(content).backups)[backup]));
    const isSmall = backupKinds.find(({ kind }) => kind === given.kind)?.compressed === true;
    return {
      service: value.service,
      environment,
      component: given.component,
      name: backup,
      kind: given.kind,
      settings: Object.fromEntries(written.filter(([key]) => !KEYS.includes(key) && !key.startsWith('x-'))),
      storage: given.storage,
      keep: present(given.keep ?? {}),
      ...present({ maxAgeMs: given.max_age, identity: given.identity, drill: given.drill }),
      compress: given.compress ?? !isSmall,
      encryptTo: given.encrypt_to,
      stop: given.stop,
      timeoutMs: given.timeout,
    };
  });
