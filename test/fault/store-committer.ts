import { writeSync } from 'node:fs';
import { entry } from '../contract/journal-samples.ts';
import { opened } from '../contract/journal-sqlite.ts';

// Commits 100 times and says so after each: `store-committer.ts FOLDER`.
const journal = await opened(process.argv[2] ?? '');
for (let count = 1; count <= 100; count += 1) {
  await journal.audit.append(entry('line answered'));
  writeSync(1, `committed ${count}\n`);
}
await journal.close();
