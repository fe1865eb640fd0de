import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileCheckKind } from '../../src/checks/file.ts';
import { logCheckKind } from '../../src/checks/log.ts';
import { mongoCheckKind } from '../../src/checks/mongo.ts';
import { processCheckKind } from '../../src/checks/process.ts';
import { sqliteCheckKind } from '../../src/checks/sqlite.ts';
import { tlsCheckKind } from '../../src/checks/tls.ts';
import type { LogQuery } from '../../src/components/component.ts';
import { supervisorKind } from '../../src/components/supervisor.ts';
import { systemdKind } from '../../src/components/systemd.ts';
import { readContainerUse, readHost } from '../../src/domain/host-reading.ts';
import { HOST_ARGV, STATS_ARGV } from '../../src/domain/host-script.ts';
import { hostTarget } from './docker-target.ts';
import { patiently } from './executor-words.ts';
import type { HostBench } from './host-bench.ts';
import { had } from './host-read.ts';

const where = { ref: { service: 'a', component: 'b', environment: 'c' }, target: hostTarget };

/** Stands in for the shell of a MongoDB, which cannot be had here: it answers what it is told to, and only to `--eval`. */
const MONGO_SHELL = `#!/bin/sh
case " $* " in *' --eval '*) cat /srv/mongo-says ;; *) echo 'unexpected words' >&2; exit 9 ;; esac
grep -q '^{' /srv/mongo-says
`;

/** Databases in files, processes, lines, certificates and the host itself. */
export function programsOnHost(current: () => HostBench): void {
  const look: HostBench['look'] = (...given) => current().look(...given);
  const sh = (script: string): Promise<string> => current().host.exec('sh', '-c', script);

  it('looks whether an SQLite file is whole, and makes none', async () => {
    const DB = '/srv/bot.db';
    await sh(
      `sqlite3 ${DB} 'create table t (x); with recursive n (i) as (select 1 union all select i + 1 from n where i < 4000) insert into t select i || hex(i * i) from n'; chmod 644 ${DB}`,
    );
    expect(await look(sqliteCheckKind, { path: DB })).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(/^\/srv\/bot\.db: whole; [\d.]+ KiB, 0 B of it free inside$/),
    });
    expect(await look(sqliteCheckKind, { path: DB, max_size: '10 KiB' })).toMatchObject({ verdict: 'fail' });
    await sh(`dd if=/dev/urandom of=${DB} bs=4096 seek=4 count=3 conv=notrunc 2>/dev/null`);
    expect(await look(sqliteCheckKind, { path: DB })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringMatching(/damaged: /),
    });
    await sh(`echo 'this is no database, it is only a text that is long enough' > ${DB}`);
    expect(await look(sqliteCheckKind, { path: DB })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('not a database'),
    });
    expect(await look(sqliteCheckKind, { path: '/srv/none.db' })).toMatchObject({ verdict: 'fail' });
    expect((await current().host.tryExec('test', '-e', '/srv/none.db')).exitCode).toBe(1);
  });

  it('counts processes, never itself, with their memory and their dead', async () => {
    const { host } = current();
    await sh('for n in 1 2; do setsid sleep 7777 </dev/null >/dev/null 2>&1 & done');
    const workers = (more: object = {}) => look(processCheckKind, { matches: '^sleep 7777$', ...more });
    await expect
      .poll(() => workers({ min: 2 }), patiently)
      .toMatchObject({
        verdict: 'pass',
        summary: expect.stringMatching(/: 2 running \(PID \d+, \d+\); [\d.]+ [KM]iB of memory$/),
      });
    expect(await workers({ min: 3 })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('at least 3'),
    });
    expect(await workers({ max: 1 })).toMatchObject({ verdict: 'fail' });
    expect(await workers({ max_memory: '1 KiB' })).toMatchObject({ verdict: 'fail' });
    expect(await look(processCheckKind, { matches: 'nobody-is-called-that' })).toEqual({
      verdict: 'fail',
      summary: 'processes like nobody-is-called-that: 0 running, and at least 1 should',
    });
    // A child that ended while its parent never asks for it; sleep asks for nobody.
    await host.exec('sh', '-c', 'setsid sh -c "sleep 0 & exec sleep 8888" </dev/null >/dev/null 2>&1 &');
    const parents = () => look(processCheckKind, { matches: '^sleep 8888$' });
    await expect.poll(parents, patiently).toMatchObject({
      verdict: 'warn',
      summary: expect.stringContaining('1 defunct'),
    });
    await sh('pkill -x -f "sleep (7777|8888)"');
  });

  it('asks a stand-in for the shell of MongoDB (no MongoDB can be had): mongosh, else mongo', async () => {
    await sh(`cat > /usr/local/bin/mongo <<'EOF'\n${MONGO_SHELL}EOF\nchmod 755 /usr/local/bin/mongo`);
    const says = (text: string) => sh(`cat > /srv/mongo-says <<'EOF'\n${text}\nEOF`);
    await says('{"ok":1,"set":"rs0","primary":true,"secondary":false,"current":4,"available":816}');
    expect(await look(mongoCheckKind, {})).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(
        /^MongoDB: ping answered in \d+ ms, 4 of 820 connections used; primary of rs0$/,
      ),
    });
    expect(await look(mongoCheckKind, { replica_set: 'rs1' })).toMatchObject({ verdict: 'fail' });
    await says('{"ok":1,"set":"rs0","primary":false,"secondary":false}');
    expect(await look(mongoCheckKind, {})).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('neither'),
    });
    await says('MongoNetworkError: connect ECONNREFUSED 127.0.0.1:27017');
    expect(await look(mongoCheckKind, {})).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('ECONNREFUSED'),
    });
    await says('MongoServerError: Authentication failed.');
    expect(await look(mongoCheckKind, {})).toMatchObject({ verdict: 'unknown' });
    const inside = { container: 'karmabot-mongodb', sudo: true };
    expect(await look(mongoCheckKind, inside)).toMatchObject({ verdict: 'unknown' });
    expect(await look(mongoCheckKind, { ...inside, container: 'none' })).toEqual({
      verdict: 'fail',
      summary: 'MongoDB: there is no container none',
    });
  });

  it("counts lines: by the journal's times, and by the times that stand in a file", async () => {
    const { ops } = current();
    const unit = systemdKind.bind({ unit: 'demo-bot', sudo: true }, where);
    const journal = { logs: (query: LogQuery) => unit.logs(ops.read, query) };
    expect(await look(logCheckKind, { matches: 'demo-bot: tick', warn: 1 }, journal)).toMatchObject({
      verdict: 'warn',
    });
    expect(await look(logCheckKind, { matches: 'ERROR', warn: 1 }, journal)).toEqual({
      verdict: 'pass',
      summary: 'lines like ERROR: 0 lines match within 1h',
    });
    const at = (minutesAgo: number) =>
      new Date(Date.now() - minutesAgo * 60_000).toISOString().replace('T', ' ').slice(0, 19);
    await sh(
      `printf '%s\\n' '${at(90)},1 ERROR old' '${at(50)},1 ERROR one' '  Traceback of ERROR' '${at(5)},1 INFO fine' > /srv/api.log`,
    );
    const program = supervisorKind.bind({ program: 'x', logs: '/srv/api.log' }, where);
    const file = { logs: (query: LogQuery) => program.logs(ops.read, query) };
    const errors = (more: object) => look(logCheckKind, { matches: 'ERROR', ...more }, file);
    expect(await errors({ fail: 2 })).toEqual({
      verdict: 'fail',
      summary: 'lines like ERROR: 2 lines match within 1h, the last: Traceback of ERROR',
    });
    expect(await errors({ fail: 2, ignore: 'Traceback' })).toMatchObject({ verdict: 'pass' });
    expect(await errors({ min: 1, within: '10m' })).toMatchObject({ verdict: 'fail' });
    await sh("echo 'no time here' > /srv/api.log");
    expect(await errors({ fail: 2 })).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('no times'),
    });
  });

  it('looks into the last lines of a file by a pattern', async () => {
    await sh("printf 'one\\ncode=17 bad\\n' > /srv/lines.log");
    const lines = (more: object) => look(fileCheckKind, { path: '/srv/lines.log', ...more });
    expect(await lines({ matches: 'code=\\d+', absent_matches: 'panic' })).toMatchObject({ verdict: 'pass' });
    expect(await lines({ matches: 'panic' })).toMatchObject({ verdict: 'fail' });
    expect(await lines({ absent_matches: 'code=1[0-9]' })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('matches code=1[0-9]: code=17 bad'),
    });
  });

  it('sees the certificate of the nginx in front of a program', async () => {
    const { host } = current();
    const ca = join(tmpdir(), `rig-host-${process.pid}.pem`);
    await writeFile(ca, await host.exec('cat', '/etc/ssl/certs/rig.pem'));
    const seen = { host: host.host, name: 'rig-host', warn: '2d', fail: '1d' };
    expect(await look(tlsCheckKind, { ...seen, ca })).toMatchObject({ verdict: 'pass' });
    expect(await look(tlsCheckKind, seen)).toMatchObject({ verdict: 'fail' });
    expect(await look(tlsCheckKind, { ...seen, ca, warn: '500d' })).toMatchObject({ verdict: 'warn' });
    await rm(ca);
  });

  it('tells how the host stands, and what its containers use', async () => {
    const { host, ops } = current();
    const seen = readHost(had(await ops.read({ kind: 'argv', argv: HOST_ARGV })).stdout);
    expect(seen).toMatchObject({ name: 'rig-host', processors: expect.any(Number) });
    expect(seen?.load?.every((figure) => /^\d+\.\d\d$/.test(figure))).toBe(true);
    const [, total] = /MemTotal:\s+(\d+)/.exec(await host.exec('cat', '/proc/meminfo')) ?? [];
    expect(seen?.memory?.bytes).toBe(Number(total) * 1_024);
    expect(seen?.disks.length).toBeGreaterThan(0);
    expect(seen?.processes[0]?.bytes).toBeGreaterThan(1_000_000);
    expect(seen?.listening).toEqual(expect.arrayContaining(['0.0.0.0:22', '0.0.0.0:80', '127.0.0.1:5000']));
    const used = had(await ops.read({ kind: 'argv', argv: STATS_ARGV, sudo: true }));
    expect(readContainerUse(used.stdout).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['karmabot-app', 'karmabot-mongodb']),
    );
  });
}
