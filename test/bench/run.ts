import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// Runs every bench after the other: `npm run bench`. They print ratios and medians; nothing here passes or fails.
const benches = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && name !== 'run.ts');
for (const name of benches) {
  console.log(`\n== ${name}`);
  spawnSync(process.execPath, [join(import.meta.dirname, name)], { stdio: 'inherit' });
}
