// Part of the bots, which must start quickly: Node's own modules only.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What everybody has on the first day of a demo. */
const FIRST: Karma = new Map([
  ['Ana', 12],
  ['Ben', 8],
  ['Cem', 21],
]);

/** Points by name. */
type Karma = ReadonlyMap<string, number>;

const fileIn = (folder: string): string => join(folder, 'points.txt');

/** Reads `NAME POINTS`, one a line; no points where the file is gone. */
function read(folder: string): Karma {
  if (!existsSync(fileIn(folder))) return new Map();
  const lines = readFileSync(fileIn(folder), 'utf8').split('\n');
  const pairs = lines.map((line) => /^(\S+) (\d+)$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', Number(pair[2])]])));
}

function write(folder: string, karma: Karma): void {
  mkdirSync(folder, { recursive: true });
  // Beside the folder, so that no backup finds it half-written.
  const fresh = `${folder}.new`;
  writeFileSync(fresh, [...karma].map(([name, points]) => `${name} ${points}\n`).join(''));
  renameSync(fresh, fileIn(folder));
}

/** Gives people their first points where the folder is not there yet. */
export function beginKarma(folder: string): void {
  if (!existsSync(folder)) write(folder, FIRST);
}

/** Gives somebody a point, two where the folder holds a file `double`; how many they have now, by what the disk says. */
export function giveKarma(folder: string): { readonly name: string; readonly points: number } {
  const karma = read(folder);
  const names = [...FIRST.keys()];
  const name = names[Math.floor(Math.random() * names.length)] ?? 'Ana';
  const points = (karma.get(name) ?? 0) + (existsSync(join(folder, 'double')) ? 2 : 1);
  write(folder, new Map([...karma, [name, points]]));
  return { name, points };
}
