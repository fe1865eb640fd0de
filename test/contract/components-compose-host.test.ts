import { afterAll, beforeAll, expect, it } from 'vitest';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { had, perform, reach } from './host-read.ts';
import { karmabotApp } from './karmabot-app.ts';

describeWith(['systemd-host'], 'compose services of a real host', (rig) => {
  let host: SystemdHost;
  const ssh = sshKind.create(portsFor([]));
  let ops: ReturnType<typeof reach>;
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    ops = reach(ssh, sshTarget(host));
  });
  afterAll(() => ssh.close());

  it.each(['auto', 'docker-compose'])(
    'restarts a compose service (%s): new StartedAt, same identity',
    async (command) => {
      const { read } = ops;
      const component = karmabotApp({ command });
      const [started, before, identity] = [
        await host.containerStartedAt('karmabot-app'),
        had(await component.status(read)),
        had(await component.identity(read)),
      ];
      expect(before).toMatchObject({
        state: 'running',
        version: '1.4.0',
        startedAt: Date.parse(started),
        run: expect.stringContaining(started),
      });
      expect(identity).toMatchObject({
        image: expect.stringMatching(/^sha256:/),
        compose_configuration: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      expect(await perform(component, 'restart', ops.change)).toMatchObject([{ code: 0 }]);
      expect(await host.containerStartedAt('karmabot-app')).not.toBe(started);
      const after = had(await component.status(read));
      expect(after.run).not.toBe(before.run);
      expect(had(await component.identity(read))).toEqual(identity);
    },
  );

  it('leaves the other services of the project alone, also when it makes a container anew', async () => {
    const { read } = ops;
    const other = await host.containerStartedAt('karmabot-mongodb');
    const before = had(await karmabotApp().status(read));
    expect(await perform(karmabotApp(), 'recreate', ops.change)).toMatchObject([{ code: 0 }]);
    const after = had(await karmabotApp().status(read));
    expect(after.facts.container).not.toBe(before.facts.container);
    expect(await host.containerStartedAt('karmabot-mongodb')).toBe(other);
  });

  it('stops and starts a compose service, and makes a removed container again', async () => {
    const { read } = ops;
    await perform(karmabotApp(), 'stop', ops.change);
    expect(had(await karmabotApp().status(read))).toMatchObject({
      state: 'stopped',
      summary: expect.stringMatching(/^exited with code \d+ since/),
    });
    expect(await perform(karmabotApp(), 'start', ops.change)).toMatchObject([{ code: 0 }]);
    expect(had(await karmabotApp().status(read)).state).toBe('running');
    await host.exec('docker', 'rm', '-f', 'karmabot-app');
    expect(had(await karmabotApp().status(read))).toMatchObject({
      state: 'stopped',
      summary: expect.stringContaining('there is no container karmabot-app'),
    });
    expect(await perform(karmabotApp(), 'start', ops.change)).toMatchObject([{ code: 0 }]);
    expect(had(await karmabotApp().status(read)).state).toBe('running');
  });

  it('takes the plugin where it answers', async () => {
    await host.exec(
      'sh',
      '-c',
      `mkdir -p /usr/libexec/docker/cli-plugins && cat > /usr/libexec/docker/cli-plugins/docker-compose <<'EOF'
#!/bin/sh
case "$1" in docker-cli-plugin-metadata) echo '{"SchemaVersion":"0.1.0","Vendor":"test","Version":"v2"}'; exit ;; esac
shift
[ "$1" = version ] && exit 0
case "$*" in
  "config --hash karmabot") echo "mongodb $(echo m | sha256sum | cut -c1-64)"; echo "karmabot $(sha256sum <docker-compose.yml | cut -c1-64)"; exit ;;
  "config --images karmabot") echo mongo:4.4; echo registry.test/x/karmabot:2; exit ;;
esac
echo "plugin in $(pwd): $*"
EOF
chmod 755 /usr/libexec/docker/cli-plugins/docker-compose`,
    );
    expect(await perform(karmabotApp(), 'restart', ops.change)).toMatchObject([
      { code: 0, stdout: 'plugin in /opt/karmabot: restart -t 2 karmabot\n' },
    ]);
    const { compose_configuration: made, ...facts } = had(await karmabotApp().identity(ops.read, 'recreate'));
    expect(facts.configuration_on_disk).toMatch(/^[0-9a-f]{64}$/);
    expect(facts.configuration_on_disk).not.toBe(made);
    expect(facts.images_on_disk).toEqual({
      'mongo:4.4': expect.stringMatching(/^sha256:/),
      'registry.test/x/karmabot:2': null,
    });
    await host.exec('rm', '/usr/libexec/docker/cli-plugins/docker-compose');
  });

  it("reads a container's log in time order, without colours, and only the run before on demand", async () => {
    const { read } = ops;
    await perform(karmabotApp(), 'restart', ops.change);
    const lines = had(await karmabotApp().logs(read, { tail: 50, previous: false })).stdout;
    expect(lines).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ karmabot started\n.*Z karmabot listens on 5000$/m,
    );
    const count = (text: string) => text.split('karmabot started').length - 1;
    const before = had(await karmabotApp().logs(read, { tail: 50, previous: true })).stdout;
    expect(count(before)).toBe(count(lines) - 1);
    expect(
      had(await karmabotApp().logs(read, { tail: 50, previous: false, since: Date.now() + 60_000 })).stdout,
    ).toBe('');
  });

  it('says what is in the way where docker cannot be asked', async () => {
    expect(await karmabotApp({ sudo: false }).status(ops.read)).toMatchObject({
      kind: 'failed',
      code: 'TARGET_LOGIN_FAILED',
    });
    await host.exec('systemctl', 'stop', 'docker.socket', 'docker.service');
    expect(await karmabotApp().status(ops.read)).toMatchObject({
      kind: 'failed',
      code: 'TARGET_UNREACHABLE',
    });
    await host.exec('systemctl', 'start', 'docker');
  });
});
