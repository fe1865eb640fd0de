import type { Verdict } from '../../domain/verdict.ts';
import { above, formatBytes } from '../host/bounds.ts';
import type { Remark } from '../status/worst.ts';

/** Reads what INFO printed: `used_memory:1234` a line. */
export const readInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(/\r?\n/)
      .map((line) => /^([a-z_0-9]+):(.*)$/.exec(line))
      .flatMap((found) => (found === null ? [] : [[found[1] ?? '', found[2] ?? ''] as const])),
  );

const number = (info: ReadonlyMap<string, string>, name: string): number =>
  Number(info.get(name) ?? Number.NaN);

function memoryRemarks(
  info: ReadonlyMap<string, string>,
  bounds: { readonly warn: number; readonly fail: number },
): readonly Remark[] {
  const [used, most] = [number(info, 'used_memory'), number(info, 'maxmemory')];
  if (Number.isNaN(used)) return [];
  if (!(most > 0)) return [{ verdict: 'pass', words: `${formatBytes(used)} used, no limit set` }];
  const share = (used / most) * 100;
  const words = `${Math.round(share)}% of ${formatBytes(most)} used`;
  return [{ verdict: above(share, bounds), words }];
}

function clientRemarks(
  info: ReadonlyMap<string, string>,
  bounds: { readonly warn: number; readonly fail: number },
): readonly Remark[] {
  const [count, most] = [number(info, 'connected_clients'), number(info, 'maxclients')];
  if (Number.isNaN(count)) return [];
  const verdict: Verdict = most > 0 ? above((count / most) * 100, bounds) : 'pass';
  return [{ verdict, words: `${count}${most > 0 ? ` of ${most}` : ''} clients` }];
}

function writeRemarks(info: ReadonlyMap<string, string>): readonly Remark[] {
  return [
    ...(info.get('rdb_last_bgsave_status') === 'err'
      ? [{ verdict: 'warn' as const, words: 'its last snapshot could not be written' }]
      : []),
    ...(info.get('master_link_status') === 'down'
      ? [{ verdict: 'fail' as const, words: 'a replica that has lost its primary' }]
      : []),
  ];
}

/** What INFO means under these bounds, percent used; nothing where it could not be had. */
export const infoRemarks = (
  info: ReadonlyMap<string, string>,
  bounds: { readonly warn: number; readonly fail: number },
): readonly Remark[] => [
  ...memoryRemarks(info, bounds),
  ...clientRemarks(info, bounds),
  ...writeRemarks(info),
];

/** What an answer to PING means; undefined for the right one. */
export function pingTrouble(said: string): Remark | undefined {
  if (/^PONG\b/.test(said)) return undefined;
  if (/^LOADING/.test(said)) return { verdict: 'warn', words: 'it is still loading its data' };
  if (/^(NOAUTH|WRONGPASS|ERR AUTH|NOPERM)/.test(said))
    return { verdict: 'fail', words: `it answers, and refuses us: ${said}` };
  if (/^MISCONF/.test(said)) return { verdict: 'fail', words: `it takes no writes: ${said}` };
  return { verdict: 'fail', words: said === '' ? 'no answer' : `it does not say PONG: ${said}` };
}
