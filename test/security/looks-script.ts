import { argv } from 'node:process';
import { httpCheckKind } from '../../src/checks/http.ts';
import { tcpCheckKind } from '../../src/checks/tcp.ts';
import { tlsCheckKind } from '../../src/checks/tls.ts';
import { failed } from '../../src/domain/outcome.ts';
import { httpKind } from '../../src/executors/http.ts';
import { portsFor } from '../contract/executor-ports.ts';

/** Looks at HOST PORT in every way that settings can name a host, and prints what each came to; for addresses.test.ts. */
const [, , host = '', port = ''] = argv;
const url = `http://${host}:${port}/`;
const nobody = () => Promise.reject(new Error('nobody looks'));
const secret = () => failed('CONFIG_SECRET_MISSING', 'none');
const ports = { componentStatus: nobody, secret, now: () => Date.now() };
const looks = [
  httpCheckKind.bind({ url }, ports),
  tcpCheckKind.bind({ host, port }, ports),
  tlsCheckKind.bind({ host, port }, ports),
];
const found = await Promise.all(looks.map((check) => check.look(AbortSignal.timeout(3_000))));
const target = { name: 'api', environment: 'test', kind: 'http', settings: { url } };
const executor = httpKind.create(portsFor([target]));
const call = { kind: 'http', method: 'GET', url } as const;
const outcome = await executor.run({ target, call, deadlineMs: 3_000, outputCapBytes: 1_000 });
const said = outcome.kind === 'succeeded' ? 'succeeded' : outcome.message;
console.info(JSON.stringify([...found.map(({ summary }) => summary), said]));
