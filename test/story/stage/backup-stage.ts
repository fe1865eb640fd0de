import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Sshd } from '../../rig/sshd.ts';
import { hostOf, Scene, type SceneSettings, serviceOf } from './scene.ts';
import { team } from './team.ts';
import type { Yard } from './yard.ts';

const run = promisify(execFile);

/** Two approvals for what destroys, none for the rest. */
export const backupPolicy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { risk: 'change', allow: ['operator'] },
  { risk: 'destructive', allow: ['operator'], approvals: 2, from: ['approver'], reason: 'required' },
] as const;

/** Runs SQL on the shop's database; what it prints. */
export const sql = async (database: string, text: string): Promise<string> =>
  (await run('sqlite3', [database, text])).stdout.trim();

/** A shop on a real sshd: a program, a SQLite database and a folder of files. */
export interface Shop {
  readonly scene: Scene;
  readonly database: string;
  readonly files: string;
  readonly storage: string;
  /** Every file in the storage, by its path in there. */
  readonly stored: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** What differs from the usual shop. */
export interface ShopSettings {
  readonly backups?: (at: { readonly database: string; readonly files: string }) => object;
  readonly storage?: string;
  readonly botswain?: object;
  readonly prepare?: SceneSettings['prepare'];
}

/** Opens the shop and starts the bot. */
export async function openShop(sshd: Sshd, given: ShopSettings = {}): Promise<Shop> {
  const made = given.storage === undefined ? await mkdtemp(join(tmpdir(), 'storage-')) : undefined;
  const settings = { ...given, storage: given.storage ?? made ?? '' };
  let at: { database: string; files: string; storage: string } | undefined;
  const place = async (yard: Yard) => {
    const database = join(yard.folder, 'shop.db');
    const files = join(yard.folder, 'files');
    const { storage } = settings;
    await mkdir(join(files, 'inner'), { recursive: true });
    await writeFile(join(files, 'inner', 'a b.txt'), 'first');
    await sql(database, 'CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT); PRAGMA journal_mode=WAL;');
    at = { database, files, storage };
    return at;
  };
  const scene = await Scene.open({
    ...(settings.prepare === undefined ? {} : { prepare: settings.prepare }),
    components: async (yard) => ({ other: await yard.program('other') }),
    botswain: {
      people: team.people,
      policy: backupPolicy,
      storages: { main: { kind: 'folder', path: settings.storage } },
      ...settings.botswain,
    },
    targets: (yard) => ({ production: { host: hostOf(sshd, yard) } }),
    services: async (yard) => {
      const { database, files } = await place(yard);
      const app = await yard.program('app');
      await yard.start('app');
      return {
        bakery: {
          ...serviceOf('bakery', { app, data: { ...(await yard.program('data')) } }),
          target: 'host',
          backups: settings.backups?.({ database, files }) ?? {
            database: {
              kind: 'sqlite',
              component: 'data',
              path: database,
              temp: yard.folder,
              storage: 'main',
              stop: ['app'],
            },
            files: { kind: 'files', component: 'app', paths: [files], storage: 'main' },
          },
        },
      };
    },
  });
  if (at === undefined) throw new Error('the shop was never placed');
  const { database, files, storage } = at;
  const stored = async (): Promise<readonly string[]> => {
    const entries = await readdir(storage, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(storage.length + 1))
      .toSorted();
  };
  const close = async (): Promise<void> => {
    await scene.close();
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  };
  return { scene, database, files, storage, stored, close };
}

/** Reads a manifest of the storage. */
export const manifestIn = async (shop: Shop, name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(shop.storage, name), 'utf8'));
