import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ComponentAction, Read } from '../../src/components/component.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { had, perform, reach } from './host-read.ts';
import { karmabotApp } from './karmabot-app.ts';

describeWith(['systemd-host'], 'what compose would make a container of', (rig) => {
  let host: SystemdHost;
  const ssh = sshKind.create(portsFor([]));
  let ops: ReturnType<typeof reach>;
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    ops = reach(ssh, sshTarget(host));
  });
  afterAll(() => ssh.close());

  const file = '/opt/karmabot/docker-compose.yml';
  const secret = 'hunter2-of-karmabot';
  let seen = '';
  const watched: Read = async (call, bounds) => {
    const answer = await ops.read(call, bounds);
    if (answer.kind === 'succeeded') seen += `${answer.value.stdout}${answer.value.stderr}`;
    else seen += answer.message;
    return answer;
  };
  const identity = async (action?: ComponentAction, settings: object = {}): Promise<JsonObject> =>
    had(await karmabotApp(settings).identity(watched, action));
  const sh = (script: string) => host.exec('sh', '-c', script);
  beforeAll(async () => {
    await sh(`cp ${file} /root/before.yml
        sed -i '/container_name: karmabot-app/a\\    environment: ["TOKEN=\${TOKEN:-none}"]\\n    env_file: [.secrets]' ${file}
        echo 'TOKEN=${secret}' >/opt/karmabot/.env
        echo 'KEY=${secret}' >/opt/karmabot/.secrets
        chmod 600 /opt/karmabot/.env /opt/karmabot/.secrets`);
    await perform(karmabotApp(), 'recreate', ops.change);
    expect(await sh('docker exec karmabot-app env')).toContain(`TOKEN=${secret}`);
  });
  afterAll(async () => {
    await sh(`cp /root/before.yml ${file}; rm -f /opt/karmabot/.env /opt/karmabot/.secrets`);
    await perform(karmabotApp(), 'recreate', ops.change);
  });

  it.each(['auto', 'docker-compose'])(
    'knows what it would make (%s), over restart, stop, start and recreate',
    async (command) => {
      const before = await identity('recreate', { command });
      expect(before).toEqual({
        ...(await identity('restart')),
        configuration_on_disk: before.compose_configuration,
        images_on_disk: { 'karmabot:1.4.0': before.image },
      });
      for (const action of ['restart', 'stop', 'start', 'recreate'] as const) {
        await perform(karmabotApp(), action, ops.change);
        expect(await identity('recreate', { command }), action).toEqual(before);
      }
    },
    60_000,
  );

  it.each([
    ['a changed compose file', `sed -i 's/init: true/init: false/' ${file}`],
    ['a changed value in .env', `echo 'TOKEN=another' >/opt/karmabot/.env`],
    ['a changed value in an env_file', `echo 'KEY=another' >/opt/karmabot/.secrets`],
    ['another image under the tag', 'docker tag mongo:4.4 karmabot:1.4.0'],
    ['no image under the tag', 'docker tag karmabot:1.4.0 karmabot:kept && docker rmi karmabot:1.4.0'],
  ])('is another for %s, but for a restart, which takes nothing of it up', async (_, change) => {
    await sh(`cp -a /opt/karmabot /root/kept && docker tag karmabot:1.4.0 karmabot:was`);
    const [before, plain] = [await identity('recreate'), await identity('restart')];
    await sh(change);
    expect(await identity('recreate')).not.toEqual(before);
    for (const action of ['restart', 'stop', 'start'] as const) expect(await identity(action)).toEqual(plain);
    await sh(
      `cp -a /root/kept/. /opt/karmabot/ && rm -r /root/kept && docker tag karmabot:was karmabot:1.4.0`,
    );
    expect(await identity('recreate')).toEqual(before);
  });

  it('is another for a start that has to make the container, too', async () => {
    await host.exec('docker', 'rm', '-f', 'karmabot-app');
    const before = await identity('start');
    expect(before).toMatchObject({
      image: null,
      configuration_on_disk: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await sh(`echo 'TOKEN=another' >/opt/karmabot/.env`);
    expect(await identity('start')).not.toEqual(before);
    await sh(`echo 'TOKEN=${secret}' >/opt/karmabot/.env`);
    expect(await identity('start')).toEqual(before);
    await perform(karmabotApp(), 'start', ops.change);
  });

  it('is known of a service that is only built, before and after', async () => {
    const at = '/opt/karmabot/built';
    await sh(`mkdir ${at} && echo 'services: {karmabot: {build: ., environment: {A: b}}}' >${at}/docker-compose.yml
        printf 'FROM karmabot:1.4.0\\n' >${at}/Dockerfile`);
    const built = { project: at, container: 'built_karmabot_1' };
    const before = await identity('start', built);
    expect(before).toMatchObject({ image: null, configuration_on_disk: expect.any(String) });
    await sh(`docker tag karmabot:1.4.0 built_karmabot`);
    expect(await identity('start', built)).not.toEqual(before);
    await sh(`docker rmi built_karmabot; rm -r ${at}`);
  });

  it('says where to look when compose cannot read its file, and quotes nothing of it', async () => {
    await sh(`cp ${file} /root/good.yml; echo '  TOKEN: {${secret}' >>${file}`);
    const answer = await karmabotApp().identity(ops.read, 'recreate');
    expect(answer).toMatchObject({
      kind: 'failed',
      code: 'TARGET_COMMAND_FAILED',
      message: expect.stringContaining('`config --hash karmabot` there ended with exit code'),
    });
    expect(JSON.stringify(answer)).not.toContain(secret);
    await sh(`mv /root/good.yml ${file}`);
  });

  it('has read no secret for all that', () => {
    expect(seen).toMatch(/^karmabot [0-9a-f]{64}$/m);
    expect(seen).not.toContain('hunter2');
  });
});
