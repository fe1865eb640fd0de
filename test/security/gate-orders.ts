import { randomUUID } from 'node:crypto';
import type { ArgvCall } from '../../src/domain/call.ts';
import { callLines } from '../../src/executors/receipt-carry.ts';
import { KILL_READ, KILL_WAITING } from '../../src/executors/ssh/ssh.ts';

/** A mark as Botswain makes them. */
export const mark = (): string => `botswain-${randomUUID()}`;

/** An order to become a program. */
export const readOrder = (call: Omit<ArgvCall, 'kind'>, head: string = mark()): string =>
  `${[head, ...callLines({ kind: 'argv', ...call })].join('\n')}\n`;

/** What stands before the words of an order to change something; each part may be replaced. */
export interface StartParts {
  readonly mode?: string;
  readonly receipt?: string;
  readonly base?: string;
  readonly cap?: string;
  readonly seconds?: string;
}

/** An order to run a program under a receipt. */
export function startOrder(call: Omit<ArgvCall, 'kind'>, parts: StartParts = {}): string {
  const { mode = 'start', receipt = randomUUID(), base = '=', cap = '1000', seconds = '5' } = parts;
  return `${[mark(), mode, receipt, base, cap, seconds, ...callLines({ kind: 'argv', ...call })].join('\n')}\n`;
}

/** An order to end what nobody waits for any more. */
export const killOrder = (script: string, pid: string | number): string =>
  readOrder({ argv: ['/bin/sh', '-c', script, 'sh', String(pid)] });

/** A program that leaves a trace where it runs. */
export const TRACE = '/tmp/gate-was-open';
const touch = ['touch', TRACE] as const;
const bomb = `$(touch ${TRACE})`;
const restart = ['systemctl', 'restart', 'demo-bot'] as const;
const logs: readonly string[] = ['journalctl', '-u', 'demo-bot', '-n', '5', '--no-pager', '-o', 'short-iso'];

/** Orders of somebody who has the key and wants more than the list has. */
export const REFUSED: Readonly<Record<string, string>> = {
  'another program': readOrder({ argv: touch }),
  'another program under a receipt': startOrder({ argv: touch }),
  'a shell': readOrder({ argv: ['sh', '-c', `touch ${TRACE}`] }),
  'a shell by sudo': readOrder({ argv: ['sh', '-c', `touch ${TRACE}`], sudo: true }),
  'another unit': startOrder({ argv: ['systemctl', 'restart', 'ssh'], sudo: true }),
  'another verb': startOrder({ argv: ['systemctl', 'disable', 'demo-bot'], sudo: true }),
  'one word more': startOrder({ argv: [...restart, 'nginx'], sudo: true }),
  'one word less': startOrder({ argv: restart.slice(0, 2), sudo: true }),
  'an option in between': startOrder({
    argv: ['systemctl', '--root=/tmp', 'restart', 'demo-bot'],
    sudo: true,
  }),
  'a change as a read': readOrder({ argv: restart, sudo: true }),
  'a read as a change': startOrder({ argv: logs, sudo: true }),
  'without sudo': startOrder({ argv: restart }),
  'another folder': startOrder({ argv: restart, sudo: true, cwd: '/tmp' }),
  'a number that is none': readOrder({ argv: logs.with(4, `5${bomb}`), sudo: true }),
  'a number with an option': readOrder({ argv: logs.with(4, '--file=/etc/shadow'), sudo: true }),
  'an empty number': readOrder({ argv: logs.with(4, ''), sudo: true }),
  'a number of many digits': readOrder({ argv: logs.with(4, '1'.repeat(40)), sudo: true }),
  'the same in another spelling': startOrder({ argv: restart, sudo: true }).replace(
    '=demo-bot',
    '+ZGVtby1ib3Q=',
  ),
  'two words in one line': startOrder({ argv: ['systemctl', 'restart demo-bot'], sudo: true }),
  'a line end of Windows': startOrder({ argv: restart, sudo: true }).replaceAll('\n', '\r\n'),
  'a receipt outside': startOrder({ argv: restart, sudo: true }, { receipt: '../../../tmp/gate-was-open' }),
  'a receipt that is code': startOrder({ argv: restart, sudo: true }, { receipt: bomb }),
  'another folder of receipts': startOrder({ argv: restart, sudo: true }, { base: `=${TRACE}` }),
  'seconds that are code': startOrder({ argv: restart, sudo: true }, { seconds: `a[${bomb}]` }),
  'a cap that is code': startOrder({ argv: restart, sudo: true }, { cap: `a[${bomb}]` }),
  'asking with a program': startOrder({ argv: touch }, { mode: 'ask' }),
  'a mode that is none': startOrder({ argv: restart, sudo: true }, { mode: 'run' }),
  'a mark that is code': readOrder({ argv: touch }, `botswain-${bomb}`),
  'no mark': readOrder({ argv: touch }, ''),
  'an order cut off': startOrder({ argv: restart, sudo: true }).replace(/\.\n$/, ''),
  'a second order after the first': `${readOrder({ argv: touch })}${readOrder({ argv: touch })}`,
  'a NUL between': readOrder({ argv: touch }).replace('touch', 'sys\0temctl'),
  'ten thousand words': readOrder({ argv: Array.from({ length: 10_000 }, () => 'x') }),
  'a script on stdin': `touch ${TRACE}\n`,
  'nothing at all': '',
  'ending everything there is': killOrder(KILL_READ, 1),
  'ending everything there is, with a zero': killOrder(KILL_READ, '01'),
  'ending the group of the gate': killOrder(KILL_READ, 0),
  'ending a negative number': killOrder(KILL_READ, -1),
  'ending the first of all': killOrder(KILL_WAITING, 1),
  'ending another folder': killOrder(KILL_READ, '1/../self'),
};

/** Command lines that are handed to the gate with an order that is not in its list. */
export const COMMANDS: readonly string[] = [
  `touch ${TRACE}`,
  `/bin/sh -c 'touch ${TRACE}'`,
  bomb,
  `; touch ${TRACE}`,
  'exec docker system dial-stdio',
  'scp -t /tmp',
  'internal-sftp',
];
