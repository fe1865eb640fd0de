import process from 'node:process';
import { countRows, WAYS, wordsOf } from '../test/coverage/counts.ts';
import { judgeAll } from '../test/coverage/judge.ts';

// npm run coverage:runbooks              how many rows of the five runbooks are served, and how; ends with 1 where the table says what is not so
// npm run coverage:runbooks -- --rows    what serves each row besides
const showsRows = process.argv.includes('--rows');
const judged = await judgeAll();
let served = 0;
let rows = 0;
let isWrong = false;

for (const [bot, all] of judged) {
  const counts = countRows(all);
  served += counts.served;
  rows += counts.rows;
  const ways = WAYS.map((way) => `${way} ${counts.by[way]}`).join(', ');
  process.stdout.write(
    `${bot.name}: ${counts.rows} rows, ${counts.served} served (${ways}), ${counts.lower} at a lower risk\n`,
  );
  if (showsRows)
    for (const { row, served: by, risk } of all)
      process.stdout.write(
        `  ${row.id} ${row.what} [${row.label}] → ${wordsOf(by)}${risk === undefined ? '' : ` [${risk}]`}\n`,
      );
  const wrong = all.filter(
    ({ served: by, complaints }) => complaints.length > 0 && (bot.whole || by !== undefined),
  );
  isWrong ||= wrong.length > 0;
  for (const { row, complaints } of wrong) process.stderr.write(`  ${row.id}: ${complaints.join('; ')}\n`);
}
process.stdout.write(`served ${served} of ${rows}\n`);
process.exitCode = isWrong ? 1 : 0;
