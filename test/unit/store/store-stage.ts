import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, type KyselyPlugin, type RootOperationNode, type Transaction } from 'kysely';
import { openHeadFile } from '../../../src/store/audit-head.ts';
import { nodeSqliteDialect } from '../../../src/store/node-sqlite-dialect.ts';
import { openReserve } from '../../../src/store/reserve.ts';
import { createStore, type Store, type Work } from '../../../src/store/store.ts';
import type { Tables } from '../../../src/store/tables.ts';
import { opened } from '../../contract/journal-sqlite.ts';

/** A real store, for what others do between two of its transactions or two statements of one. */
export interface StoreStage {
  readonly store: Store;
  /** The same store, but before each transaction that writes something else happens. */
  before(act: () => Promise<unknown>): Store;
  /**
   * The same store as a database with several writers has it: after the first look at a table inside a transaction another
   * one is committed, which is this SQL.
   */
  raced(table: string, sql: string): Store;
  remove(): Promise<void>;
}

/** Opens one in a folder of its own. */
export async function storeStage(): Promise<StoreStage> {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  await (await opened(folder)).close();
  const path = join(folder, 'botswain.db');
  const database = new DatabaseSync(path);
  const store = createStore({
    db: new Kysely<Tables>({ dialect: nodeSqliteDialect(database) }),
    path,
    reserve: openReserve(join(folder, 'reserve'), folder),
    headFile: openHeadFile(folder),
    now: () => 0,
  });
  return {
    store,
    before: (act) => ({
      ...store,
      write: async (work) => {
        await act();
        return store.write(work);
      },
    }),
    raced: (table, sql) => {
      const race = raceOf(table, () => database.exec(sql));
      const wrapped =
        <T>(work: Work<T>): Work<T> =>
        (writing) =>
          work({ ...writing, tx: raceable(writing.tx, race) });
      return {
        ...store,
        write: (work) => store.write(wrapped(work)),
        conclude: (work) => store.conclude(wrapped(work)),
      };
    },
    async remove() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

const raceable = (tx: Transaction<Tables>, race: KyselyPlugin): Transaction<Tables> => tx.withPlugin(race);

function looksAt(node: RootOperationNode, table: string): boolean {
  return node.kind === 'SelectQueryNode' && JSON.stringify(node.from ?? {}).includes(`"${table}"`);
}

function raceOf(table: string, act: () => void): KyselyPlugin {
  const looks = new WeakSet<object>();
  let isOver = false;
  return {
    transformQuery({ node, queryId }) {
      if (looksAt(node, table)) looks.add(queryId);
      return node;
    },
    async transformResult({ result, queryId }) {
      if (!isOver && looks.has(queryId)) {
        isOver = true;
        act();
      }
      return result;
    },
  };
}
