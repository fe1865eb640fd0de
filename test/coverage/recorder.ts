import type { Call, CallResult } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import { succeeded } from '../../src/domain/outcome.ts';
import type { ExecutorKind } from '../../src/executors/executor.ts';
import { executorKinds } from '../../src/executors/registry.ts';

/** Stands wherever a target would tell a secret; an answer that shows it shows secrets. */
export const CANARY = 'c4n4ry-0f-a-secret';

const FOREVER = '2026-01-05T12:00:00.000000000Z';
const HASH = 'a'.repeat(64);
const SHA = 'b'.repeat(40);
const NEWER = 'd'.repeat(40);

const CONTAINER = JSON.stringify({
  Id: HASH,
  Image: `sha256:${HASH}`,
  RestartCount: 0,
  State: { Status: 'running', Running: true, Pid: 4711, ExitCode: 0, StartedAt: FOREVER },
  Config: { Image: 'karmabot_karmabot:latest', Labels: {} },
});

const UNIT = `Id=x.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
MainPID=4711
InvocationID=${'c'.repeat(32)}
NRestarts=0
ActiveEnterTimestamp=Mon 2026-01-05 12:00:00 UTC
FragmentPath=/etc/systemd/system/x.service
NeedDaemonReload=no
`;

const DF = `Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/root 8000000 4000000 4000000 50% /
`;

/** What a target that is well says, by the text of the call; anything else says nothing, and ends well. */
const ANSWERS: readonly (readonly [RegExp, string | ((found: RegExpExecArray) => string)])[] = [
  [/^docker image inspect/, `sha256:${HASH}\n`],
  [/^docker inspect/, CONTAINER],
  [/config --hash (\S+)/, ([, name]) => `${name} ${HASH}\n`],
  [/\bsystemctl\b.* show /, UNIT],
  [/\bsystemctl\b.* cat /, '[Service]\nExecStart=/bin/true\n'],
  [/\bgit\b.* ls-remote /, `${NEWER}\trefs/heads/main\n${NEWER}\trefs/heads/dev\n`],
  [/\bgit\b.* remote get-url /, 'https://git.example/bot.git\n'],
  [/\bgit\b.* log --max-count/, ''],
  [/\bgit\b.* log -1 .*\b([0-9a-f]{40})\b/, ([, sha]) => `${sha} 1767614400 Fix the login\n`],
  [/\bgit\b.* log -1 /, `${SHA} 1767614400 Fix the login\n`],
  [/^df /, DF],
  [/\/proc\/meminfo/, 'MemTotal: 1000000 kB\nMemAvailable: 500000 kB\n'],
  [/\.env\b/, `SOME_KEY=${CANARY}\n`],
];

/** A call as one line: what is looked for in it stands there as words. */
export function textOfCall(call: Call): string {
  switch (call.kind) {
    case 'argv':
      return [...call.argv, ...(call.cwd === undefined ? [] : [call.cwd])].join(' ');
    case 'docker':
      return `docker ${call.operation} ${call.container}`;
    case 'http':
      return `http ${call.method} ${call.url} ${call.body ?? ''}`;
    case 'person':
      return call.text;
    default:
      // Words stand alone without their quotes and commas.
      return JSON.stringify(call).replaceAll(/["',[\]{}]+/g, ' ');
  }
}

function answerTo(call: Call): CallResult {
  const text = textOfCall(call);
  const [pattern, said] = ANSWERS.find(([candidate]) => candidate.test(text)) ?? [/^/, ''];
  const found = pattern.exec(text);
  const stdout = typeof said === 'string' || found === null ? String(said) : said(found);
  return { code: 0, stdout, stderr: '', truncated: false, durationMs: 1 };
}

/** Where a call would have gone. */
export interface Made {
  readonly target: Target;
  readonly call: Call;
}

/** The kinds of target there are, with executors that tell what they are asked and carry nothing out. */
export const recordingKinds = (told: (made: Made) => void): readonly ExecutorKind[] =>
  executorKinds.map((kind) => ({
    ...kind,
    create: () => ({
      run: async ({ target, call }) => {
        told({ target, call });
        return succeeded(answerTo(call));
      },
      observe: async () => succeeded({}),
      reconcile: async () => ({ kind: 'did not happen' }),
      describe: ({ name }) => ({ name }),
      close: async () => {},
    }),
  }));
