import { posix } from 'node:path';
import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { absolute, programBy, runBy, script } from './program-settings.ts';

const settings = z.strictObject({
  paths: z.array(absolute).min(1).max(50).describe('files and folders, from the root on'),
  exclude: z
    .array(z.string().min(1).max(200))
    .default([])
    .describe("patterns that are left out, as tar's --exclude has them"),
  ...runBy,
});

/** $1 a new folder: unpacks there. */
const UNPACK = `
umask 077
mkdir -- "$1" || exit 1
if tar -xpf - -C "$1"; then exit 0; fi
rm -rf -- "$1"
exit 1`;

/** $1 folder with what was unpacked, $2 suffix for what was there, then the paths: all are swapped, or none. */
const SWAP = `
stage=$1 tag=$2
shift 2
for path in "$@"; do
  if [ ! -e "$stage$path" ] && [ ! -h "$stage$path" ]; then echo "$path is not in the backup" >&2; exit 1; fi
  if [ -e "$path.before-$tag" ]; then echo "$path.before-$tag is there already" >&2; exit 1; fi
done
moved=
back() {
  for path in $moved; do rm -rf -- "$path"; [ ! -e "$path.before-$tag" ] || mv -- "$path.before-$tag" "$path"; done
  echo "what was there is there again" >&2
  exit 1
}
IFS='
'
for path in "$@"; do
  if [ -e "$path" ] || [ -h "$path" ]; then mv -- "$path" "$path.before-$tag" || back; fi
  mkdir -p -- "$(dirname -- "$path")" || back
  mv -- "$stage$path" "$path" || { [ ! -e "$path.before-$tag" ] || mv -- "$path.before-$tag" "$path"; back; }
  moved="$moved
$path"
done
rm -rf -- "$stage"
for path in "$@"; do echo "$path is back; what was there: $path.before-$tag"; done`;

const fromRoot = (path: string): string => path.replace(/^\/+/, '').replace(/\/+$/, '');

/** Files and folders, by tar. */
export const filesBackup: BackupKind = {
  kind: 'files',
  summary: 'files and folders of a host, by tar',
  settings,
  bind(backup) {
    const { paths, exclude, ...by } = settings.parse(backup.settings);
    const program = programBy(by);
    // Looking needs no rights.
    const plain = programBy({});
    const clean = paths.map((path) => path.replace(/\/+$/, ''));
    const stage = `${posix.dirname(clean[0] ?? '/').replace(/\/$/, '')}/.botswain-restore-{change}`;
    return {
      suffix: 'tar',
      dump: program(
        'tar',
        '-cf',
        '-',
        ...exclude.map((pattern) => `--exclude=${pattern}`),
        '-C',
        '/',
        '--',
        ...clean.map(fromRoot),
      ),
      // GNU tar: some file changed while it was read.
      warns: [1],
      version: plain('tar', '--version'),
      verify: plain('tar', '-tf', '-'),
      restore: [
        { title: 'unpack beside', program: program(...script(UNPACK, 'unpack', stage)), takesArtifact: true },
        {
          title: 'swap',
          program: program(...script(SWAP, 'swap', stage, '{change}', ...clean)),
          takesArtifact: false,
          replaces: true,
        },
      ],
      loses: `${clean.join(', ')}: everything written there since the backup`,
      byHand: 'tar -xpf - -C /',
    };
  },
};
