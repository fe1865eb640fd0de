import { join } from 'node:path';
import { execa } from 'execa';

/** The images of the rig by name, each tagged with the hash of what it is made of. */
export type RigImages = { readonly host: string; readonly tiny: string; readonly node: string };

let known: Promise<RigImages> | undefined;

async function read(): Promise<RigImages> {
  const script = join(import.meta.dirname, 'images', 'build.sh');
  const { stdout } = await execa('bash', [script, 'tags'], { stdin: 'ignore' });
  const tags = new Map(stdout.split('\n').map((line) => [line.split(' ')[0], line.split(' ')[1]]));
  const tag = (name: string): string => {
    const found = tags.get(name);
    if (found === undefined) throw new Error(`${script} tags printed no tag for ${name}: ${stdout}`);
    return found;
  };
  return { host: tag('host'), tiny: tag('tiny'), node: tag('node') };
}

/** The tags this checkout needs, whether they are built or not. */
export function rigImages(): Promise<RigImages> {
  known ??= read();
  return known;
}
