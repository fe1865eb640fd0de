import type { CheckKind, CheckPorts, Look } from './check.ts';
import { judgeFile } from './file/judge.ts';
import { readFileOn } from './file/reading.ts';
import { type FileSettings, fileSettings } from './file/settings.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';

const needsContent = ({ age_from, contains, absent_text, matches, absent_matches }: FileSettings): boolean =>
  age_from === 'content' ||
  [contains, absent_text, matches, absent_matches].some((text) => text !== undefined);

async function look(given: FileSettings, { read }: CheckPorts): Promise<Look> {
  const { path, sudo, lines } = given;
  if (read === undefined)
    return { verdict: 'unknown', summary: oneLine(`${path}: the check names no target to look on`) };
  return judgeFile(given, await readFileOn(read, { path, sudo, lines: needsContent(given) ? lines : 0 }));
}

/** Looks whether a file is there, fresh, of a size and with or without a text; a heartbeat file, for one. */
export const fileCheckKind: CheckKind = {
  kind: 'file',
  summary: 'Looks at a file on the target: whether it is there, how old and big it is, what its end says',
  // What has just been started writes its heartbeat again.
  verifiesChanges: true,
  settings: fileSettings,
  bind(given, ports) {
    const bound = fileSettings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
