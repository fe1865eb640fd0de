import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import type { SystemdHost } from '../../rig/systemd-host.ts';
import { backupPolicy } from './backup-stage.ts';
import { Desk, letLoginBeRoot, put, realService, targetOn } from './real-service.ts';
import { Scene } from './scene.ts';
import { team } from './team.ts';

const COMPOSE = `version: "3"
services:
  karmabot:
    build: .
    container_name: karmabot-app
    init: true
    restart: unless-stopped
    ports: ["127.0.0.1:5000:5000"]
    environment:
      - MONGODB_URI=\${MONGODB_URI}
    depends_on: [mongodb]
  mongodb:
    image: mongo:stand-in
    container_name: karmabot-mongodb
    command: ["/bin/sh", "-c", "echo 'waiting for connections on port 27017'; exec /bin/sleep 1000000"]
    init: true
    restart: unless-stopped
    volumes: ["mongodb_data:/data/db"]
volumes:
  mongodb_data:
`;

const DOCKERFILE = `FROM karmabot:1.4.0
COPY www /srv
COPY version /srv/index.html
CMD ["/bin/sh", "/srv/karmabot"]
`;

const GOOD = `#!/bin/sh
echo "karmabot $(cat /srv/index.html) listens on 5000"
echo 'POST /slack_events/v1/karmabot-v1_events 200'
exec /bin/httpd -f -vv -p 5000 -h /srv
`;

/** Files of a version of the app that runs. */
export const version = (name: string): Readonly<Record<string, string>> => ({
  'www/karmabot': GOOD,
  version: `${name}\n`,
});

/** Files of a version that ends as soon as it starts. */
export const badVersion = (name: string): Readonly<Record<string, string>> => ({
  'www/karmabot': '#!/bin/sh\necho "ModuleNotFoundError: no module named flask" >&2\nexit 1\n',
  version: `${name}\n`,
});

/**
 * No MongoDB can be had without a registry: its programs are scripts that keep one line a document in a file of the volume.
 * As the real ones: the archive leaves by stdout, comes by stdin, and a half one is refused.
 */
const STAND_IN: Readonly<Record<string, string>> = {
  mongodump: `#!/bin/sh
case " $* " in *" --version "*) echo 'mongodump version: stand-in'; exit 0;; esac
{ echo ARCHIVE; cat /data/db/documents 2>/dev/null; echo END; } | gzip
echo 'done dumping karmabot' >&2
`,
  mongorestore: `#!/bin/sh
case " $* " in *" --version "*) echo 'mongorestore version: stand-in'; exit 0;; esac
gunzip -c > /tmp/archive && [ "$(head -n 1 /tmp/archive)" = ARCHIVE ] && [ "$(tail -n 1 /tmp/archive)" = END ] || { echo 'Failed: archive is not whole' >&2; exit 1; }
case " $* " in *" --dryRun "*) echo 'dry run completed' >&2; exit 0;; esac
sed '1d;$d' /tmp/archive > /data/db/documents
echo 'documents restored successfully' >&2
`,
  mongosh: `#!/bin/sh
said="$*"
case "$said" in
  *adminCommand*) echo '{"ok":1,"current":3,"available":97}';;
  *getCollectionNames*) cut -f 1 /data/db/documents | sort -u;;
  *getCollection\\(*)
    name=\${said#*getCollection\\(\\'}; limit=\${said#*.limit(}
    grep "^\${name%%\\'*}	" /data/db/documents | cut -f 2 | head -n "\${limit%%)*}";;
  *) echo "SyntaxError: $said" >&2; exit 1;;
esac
`,
};

const NGINX = `server {
  listen 80 default_server;
  listen 443 ssl default_server;
  ssl_certificate /etc/ssl/certs/karmabot.pem;
  ssl_certificate_key /etc/ssl/private/karmabot.key;
  location = /slack_events/v1/karmabot-v1_events { proxy_pass http://127.0.0.1:5000/cgi-bin/slack-events; }
  location / { proxy_pass http://127.0.0.1:5000; }
}
`;

async function serveTls(host: SystemdHost): Promise<string> {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '60', '-subj', '/CN=karmabot'];
  const files = ['-keyout', '/etc/ssl/private/karmabot.key', '-out', '/etc/ssl/certs/karmabot.pem'];
  await host.exec('openssl', ...request, '-addext', `subjectAltName=IP:${host.host}`, ...files);
  await put(host, { path: '/etc/nginx/sites-available/default', text: NGINX });
  await host.exec('systemctl', 'restart', 'nginx');
  return host.exec('cat', '/etc/ssl/certs/karmabot.pem');
}

async function buildStandIn(host: SystemdHost): Promise<void> {
  for (const [name, text] of Object.entries(STAND_IN))
    await put(host, { path: `/root/mongo/bin/${name}`, text: text, mode: '755' });
  await put(host, { path: '/root/mongo/Dockerfile', text: 'FROM mongo:4.4\nCOPY bin /bin\n' });
  await host.exec('docker', 'build', '-q', '-t', 'mongo:stand-in', '/root/mongo');
}

/** Karmabot on a host as its runbook has it, a bot with its real service file, and a chat. */
export interface Karmabot {
  readonly host: SystemdHost;
  readonly scene: Scene;
  readonly desk: Desk;
  /** What the app at its public address says. */
  readonly says: () => Promise<string>;
  /** Puts documents into the database, one a line: collection, tab, JSON. */
  readonly fill: (lines: readonly string[]) => Promise<void>;
  readonly documents: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Puts it there and starts the bot. */
export async function openKarmabot(host: SystemdHost): Promise<Karmabot> {
  await letLoginBeRoot(host);
  const desk = new Desk(host, '/srv/karmabot.git', 'main');
  await host.exec('docker-compose', '--project-directory', '/opt/karmabot', 'down', '-t', '1');
  await desk.open();
  await host.exec('cp', '-r', '/opt/karmabot/www', '/srv/karmabot.git-desk/www');
  await host.exec('rm', '-rf', '/opt/karmabot');
  await desk.push('the first one', {
    'docker-compose.yml': COMPOSE,
    Dockerfile: DOCKERFILE,
    '.gitignore': '.env*\ndocker-compose.override.yml*\n',
    ...version('one'),
  });
  await host.exec('git', 'clone', '-q', desk.url, '/opt/karmabot');
  await put(host, {
    path: '/opt/karmabot/.env',
    text: 'MONGODB_URI=mongodb://mongodb:27017/karmabot\n',
    mode: '600',
  });
  const [certificate] = await Promise.all([serveTls(host), buildStandIn(host)]);
  await host.exec('sh', '-c', 'cd /opt/karmabot && docker-compose build karmabot && docker-compose up -d');
  const folder = await mkdtemp(join(tmpdir(), 'karmabot-'));
  await writeFile(join(folder, 'ca.pem'), certificate);
  const recipient = await identityToRecipient(await generateIdentity());
  const web = `https://${host.host}`;
  const scene = await Scene.open({
    components: async (yard) => ({ web: await yard.program('web') }),
    targets: () => ({
      production: { 'karmabot-server': targetOn(host, { web, backup_recipient: recipient }) },
    }),
    // A change there is called good sooner than in production; all else is the file as it is.
    services: async () => ({
      karmabot: await realService('karmabot', { verify: { hold: '2s', within: '20s' } }),
    }),
    botswain: {
      people: { ...team.people, calendar: { name: 'Calendar', roles: ['operator'] } },
      policy: backupPolicy,
      storages: { main: { kind: 'folder', path: join(folder, 'backups') } },
    },
    environment: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
  });
  const inMongo = (...argv: readonly string[]): Promise<string> =>
    host.exec('docker', 'exec', 'karmabot-mongodb', ...argv);
  return {
    host,
    scene,
    desk,
    says: () => host.exec('curl', '-sk', `${web}/`),
    fill: async (lines) => {
      await inMongo('sh', '-c', 'printf "%s\\n" "$@" > /data/db/documents', 'fill', ...lines);
    },
    documents: () => inMongo('sh', '-c', 'cat /data/db/documents 2>/dev/null || echo nothing'),
    close: async () => {
      await scene.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
