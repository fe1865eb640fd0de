import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { ChataiStage, PATIENCE_MS } from './stage/chatai.ts';
import { ADMIN, AI_TOKEN, version } from './stage/chatai-host.ts';
import { bytesIn, leaks } from './stage/planted.ts';

const LONG = { timeout: 5 * PATIENCE_MS };

describeWith(['engine', 'systemd-host'], 'the ChatAI backend is operated from chat', (rig) => {
  let host: SystemdHost;
  let stage: ChataiStage;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    stage = await ChataiStage.open(host);
  }, 2 * PATIENCE_MS);
  afterAll(() => stage?.close());

  it(
    'makes its database with a password that nobody sees; no pgvector there is said in words',
    LONG,
    async () => {
      await stage.changes('run chatai-backend db-init', {
        ends: /\*failed\*/,
        says: /"vector" is not available/,
      });
      expect(await stage.sql("SELECT datdba::regrole FROM pg_database WHERE datname = 'chatai'")).toBe(
        'chatai',
      );
      const address = await host.exec('sed', '-n', 's/^DATABASE_URL=//p', '/opt/chatai/.env');
      expect(address).toMatch(/^postgresql:\/\/chatai:[0-9a-f]{48}@localhost:5432\/chatai$/);
      expect(await host.exec('psql', '-X', '-At', address, '-c', 'SELECT current_user')).toBe('chatai');
      expect(JSON.stringify(stage.scene.slack.messages('C0OPS'))).not.toContain(address.slice(20, 60));
      const rows = "SELECT g AS id, repeat('x', 100) AS name FROM generate_series(1, 5000) g";
      await host.exec('psql', '-X', address, '-c', `CREATE TABLE bots AS ${rows}`);
      await host.exec(
        'psql',
        '-X',
        address,
        '-c',
        "CREATE TABLE alembic_version AS SELECT 'aaaa1111' AS version_num",
      );
      await stage.changes('run chatai-backend db-init', {
        ends: /\*failed\*/,
        says: /there is a role chatai already/,
      });
    },
  );

  it('says what the database holds, and who uses it', LONG, async () => {
    await stage.changes('run chatai-backend db-analyze');
    expect(await stage.looks('db-sizes')).toMatch(/bots *\|.*kB.*5000/);
    await stage.sql('DELETE FROM bots WHERE id > 3000');
    await stage.sql('ANALYZE bots');
    expect(await stage.looks('db-bloat dead=100')).toMatch(/bots *\| *2000/);
    for (const name of ['db-indexes', 'db-unused-indexes', 'db-active', 'db-blocking', 'db-integrity'])
      expect(await stage.looks(name)).not.toMatch(/ERROR|ended with code/);
    expect(await stage.looks('db-connections')).toMatch(/100/);
    expect(await stage.looks('db-slow-queries')).toMatch(/pg_stat_statements.*does not exist/);
    await stage.changes('run chatai-backend db-vacuum table=bots');
    await stage.changes('run chatai-backend db-reindex');
  });

  it('ends one connection, shown first, after an approval', LONG, async () => {
    const hang = ['psql', '-X', '-d', 'chatai', '-c', "SELECT 'hangs', pg_sleep(3600)"];
    await host.exec('systemd-run', '--unit=hanging', '--uid=postgres', ...hang);
    const find = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT ''hangs''%'";
    const forLong = `${find} AND now() - query_start > interval '1 second'`;
    await expect.poll(() => stage.sql(forLong), { timeout: PATIENCE_MS }).not.toBe('');
    const pid = await stage.sql(find);
    expect(await stage.looks('db-long-queries longer=1s')).toContain(pid);
    const kill = `run chatai-backend db-kill pid=${pid}`;
    expect(await stage.destroys(kill, { sees: /SELECT 'hangs', pg_sleep/ })).toMatch(/approved by Ben/);
    expect(await stage.sql(find)).toBe('');
    await stage.destroys(kill, {
      sees: /0 rows/,
      ends: /\*failed\*/,
      says: /there is no connection \d+ any more/,
    });
  });

  it('lets slow queries be written, and takes it back', LONG, async () => {
    const show = (): Promise<string> => stage.sql('SHOW log_min_duration_statement');
    const before = await show();
    await stage.changes('run chatai-backend slow-log ms=250');
    expect(await show()).toBe('250ms');
    await stage.changes('run chatai-backend slow-log ms=250 --undo');
    expect(await show()).toBe(before);
  });

  it('brings a dropped table back from a backup', LONG, async () => {
    await stage.changes('backup chatai-backend database');
    await stage.sql('DROP TABLE bots');
    await stage.destroys('restore chatai-backend B-1 --reason "somebody dropped bots"');
    expect(await stage.sql('SELECT count(*) FROM bots')).toBe('3000');
    expect(await stage.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'bots'")).toBe('chatai');
    expect(await host.exec('systemctl', 'is-active', 'chatai-backend')).toBe('active');
  });

  it('migrates, the SQL shown first and a backup taken, and takes it back', LONG, async () => {
    const columns =
      "SELECT count(*) FROM information_schema.columns WHERE table_name = 'bots' AND column_name = 'note'";
    const before = await stage.backups();
    expect(await stage.looks('migrate-plan')).toMatch(/ADD COLUMN note/);
    await stage.changes('run chatai-backend migrate', { sees: /ADD COLUMN note text/ });
    expect(await stage.sql(columns)).toBe('1');
    expect(await stage.looks('migrations')).toMatch(/bbbb2222/);
    await stage.destroys('run chatai-backend migrate-down', { sees: /DROP COLUMN note/ });
    expect(await stage.sql(columns)).toBe('0');
    expect(await stage.backups()).toBe(before + 2);
  });

  it('is deployed and migrated; a version that is not well is rolled back by a press', LONG, async () => {
    const { desk, scene } = stage;
    const stands = (): Promise<string> => host.exec('head', '-n', '1', '/opt/chatai/backend/main.py');
    await desk.push('the second one', version('two'));
    const good = await stage.changes('deploy chatai-backend', { sees: /ADD COLUMN note text/ });
    expect(good).toMatch(/health: HTTP 200[\s\S]*"the first one" → [0-9a-f]{7} \(main\)/);
    expect([await stands(), await stage.sql('SELECT version_num FROM alembic_version')]).toEqual([
      '# two',
      'bbbb2222',
    ]);
    await desk.push('the ill one', version('three', false));
    const card = await scene.requests('deploy chatai-backend');
    await scene.shows(card, /Go on\?/, PATIENCE_MS);
    await scene.presses('U0ANA', card, 'Go on');
    expect(await scene.shows(card, /\*not verified\*/, 3 * PATIENCE_MS)).toMatch(/health: HTTP 503/);
    await scene.presses('U0ANA', card, 'Roll back');
    const back = await scene.shows(await scene.newCard(), /\*succeeded\*/, 3 * PATIENCE_MS);
    expect(back).toMatch(/"the ill one" → [0-9a-f]{7} "the second one"/);
    expect(back).not.toContain('alembic');
    expect([await stands(), await host.exec('curl', '-fsS', 'http://127.0.0.1:8000/health')]).toEqual([
      '# two',
      expect.stringContaining('"status": "healthy"'),
    ]);
  });

  it('empties Redis, and says what goes with the cache', LONG, async () => {
    await host.exec('redis-cli', 'set', 'session:ana', '1');
    expect(await stage.looks('redis')).toMatch(/db0:keys=1/);
    const shown = await stage.destroys('run chatai-backend redis-flush', { sees: /all sessions/ });
    expect(shown).toMatch(/everybody is logged out/);
    expect(await host.exec('redis-cli', 'dbsize')).toBe('0');
  });

  it('searches its log files, those of other days too', LONG, async () => {
    const api = 'logs chatai-backend/api --file api --grep ERROR';
    expect(await stage.answers(api, /Logs of/)).toMatch(/ERROR database error/);
    const day = 'logs chatai-backend/api --file audit --day 2025-09-04 --grep suspicious';
    expect(await stage.answers(day, /Logs of/)).toMatch(/suspicious: that day/);
    expect(await stage.scene.asks('U0ANA', 'logs chatai-backend/api --file audti')).toMatch(
      /no log file audti\. Did you mean "audit"/,
    );
    expect(await stage.looks('brute-force')).toMatch(/7 203\.0\.113\.9/);
    expect(await stage.looks('brute-force more=6')).not.toMatch(/203\.0\.113\.5/);
  });

  it('deletes logs that are old enough, and no others', LONG, async () => {
    const logs = '/opt/chatai/backend/logs';
    const age =
      'for d in 6 8; do touch -d "$d days ago" api.log.$d; done; touch -d "90 days ago" notes.txt api.log';
    await host.exec('sh', '-c', `cd ${logs}; ${age}; touch audit.log.2025-09-04`);
    await stage.destroys('run chatai-backend clean-logs', { sees: /api\.log\.8/ });
    expect((await host.exec('ls', logs)).split('\n').toSorted()).toEqual([
      'api.log',
      'api.log.6',
      'audit.log',
      'audit.log.2025-09-04',
      'notes.txt',
    ]);
    expect(await stage.looks('log-rotation')).toMatch(/rotate 3[\s\S]*api\.log\.6/);
    await stage.changes('run chatai-backend rotate-logs');
    expect(await host.exec('ls', logs)).toMatch(/api\.log-\d{8}/);
  });

  it(
    'starts and stops bots, and keeps AI tokens without showing any, by ports that only the host has',
    LONG,
    async () => {
      expect(await stage.looks('bot-manager')).toMatch(/"workers": 3/);
      await stage.changes('run chatai-backend bot-stop id=7');
      expect(await stage.looks('bots')).toMatch(/"7": "stopped"/);
      await stage.changes('run chatai-backend bot-stop id=7 --undo');
      expect(await stage.looks('bots')).toMatch(/"7": "running"/);
      await host.exec('sh', '-c', `echo "NEW_AI_TOKEN=${AI_TOKEN}2" >> /opt/chatai/.env`);
      await stage.changes('run chatai-backend ai-token-add name=second priority=2');
      await stage.changes('run chatai-backend ai-token-limit id=1 daily=20000');
      await stage.changes('run chatai-backend ai-token-disable id=1');
      const all = await stage.looks('ai-tokens');
      expect(all).toMatch(
        /"daily_limit": 20000, "is_active": false[\s\S]*"name": "second"[\s\S]*"priority": 2/,
      );
      expect(all).not.toContain(AI_TOKEN);
      expect(await host.exec('cat', '/opt/chatai/.env')).not.toContain(AI_TOKEN);
      expect(await stage.looks('endpoint-latency path=/api/bot-instances-all')).toMatch(
        /status 200[\s\S]*first byte 0/,
      );
    },
  );

  it('restarts everything, and kills what was left behind', LONG, async () => {
    const left = ['python3', '-c', 'import time; time.sleep(9999)', 'main.py'];
    await host.exec('systemd-run', '--unit=leftover', '--uid=chatai', ...left);
    const before = await host.mainPid('chatai-backend');
    await stage.destroys('run chatai-backend full-restart');
    expect(await host.mainPid('chatai-backend')).not.toBe(before);
    expect((await host.tryExec('systemctl', 'is-active', 'leftover')).stdout).not.toBe('active');
    for (const name of ['chatai-backend', 'chatai-bot-manager', 'nginx'])
      expect(await host.exec('systemctl', 'is-active', name)).toBe('active');
    expect(await stage.looks('processes')).toMatch(/2 processes, 0 defunct/);
    expect(await stage.looks('ports')).toMatch(/:8000[\s\S]*:3001/);
  });

  it('tells no secret to anybody', LONG, async () => {
    const told = JSON.stringify(stage.scene.slack.messages('C0OPS'));
    for (const secret of [ADMIN, AI_TOKEN]) expect(told).not.toContain(secret);
    await stage.scene.bot.stop();
    const kept = await bytesIn(join(stage.scene.bot.folder, 'data'));
    expect(leaks(kept, { ADMIN, AI_TOKEN })).toEqual([]);
  });
});
