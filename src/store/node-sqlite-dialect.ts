import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { type Dialect, SqliteDialect, type SqliteStatement } from 'kysely';

/** How many prepared statements are kept; the journal's own number about a hundred. */
const MOST_STATEMENTS = 256;

/** Lets Kysely's SQLite dialect, written for better-sqlite3, run on an open `node:sqlite` database. */
export function nodeSqliteDialect(database: DatabaseSync): Dialect {
  const prepared = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    if (prepared.size >= MOST_STATEMENTS) prepared.clear();
    const statement = shim(database.prepare(sql));
    // A commit that fails for want of space has rolled back already: https://www.sqlite.org/lang_transaction.html
    const ready = sql === 'rollback' ? onlyInTransaction(database, statement) : statement;
    prepared.set(sql, ready);
    return ready;
  };
  return new SqliteDialect({ database: { prepare, close: () => database.close() } });
}

function shim(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...parameters.map(inputOf)),
    run: (parameters) => statement.run(...parameters.map(inputOf)),
    iterate: (parameters) => statement.iterate(...parameters.map(inputOf)),
  };
}

function onlyInTransaction(database: DatabaseSync, statement: SqliteStatement): SqliteStatement {
  const nothing = { changes: 0, lastInsertRowid: 0 };
  return {
    ...statement,
    run: (parameters) => (database.isTransaction ? statement.run(parameters) : nothing),
  };
}

/** The journal's columns are text and integer only, so that PostgreSQL can hold the same. */
function inputOf(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new TypeError(`a column holds text or an integer, never ${typeof value} ${String(value)}`);
}
