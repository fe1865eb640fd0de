import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';

// A thread of `back-up.ts`: says `ok`, or what SQLite finds wrong with a file.
const { path } = z.object({ path: z.string() }).parse(workerData);
const database = new DatabaseSync(path, { readOnly: true });
const found = database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
database.close();
parentPort?.postMessage(String(found));
