import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A dump of one's own that goes on until it is let go, and how it ends then; each way it stands in a file. */
export interface SlowDump {
  readonly settings: object;
  /** It has printed a megabyte and waits. */
  readonly witness: string;
  /** Put there to let it go on: what it ends with. */
  readonly letGo: (code: number) => Promise<void>;
}

/** Prints a megabyte, waits to be let go, prints another one, and ends with the code it is told. */
export function slowDump(folder: string): SlowDump {
  const witness = join(folder, 'dumping');
  const gate = join(folder, 'gate');
  const script = `
rm -f ${gate}
head -c 1000000 /dev/urandom
echo $$ >${witness}
while [ ! -e ${gate} ]; do sleep 0.05; done
code=$(cat ${gate})
head -c 1000000 /dev/urandom
rm -f ${witness}
exit "$code"`;
  return {
    settings: {
      kind: 'command',
      dump: ['sh', '-c', script],
      verify: ['sh', '-c', '[ "$(wc -c)" = 2000000 ]'],
      tool: ['true'],
    },
    witness,
    letGo: async (code) => {
      await writeFile(`${gate}.new`, String(code));
      await rename(`${gate}.new`, gate);
    },
  };
}
