import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { SystemdHost } from '../../rig/systemd-host.ts';
import { Desk } from './real-service.ts';

const CONFIG = join(import.meta.dirname, '../../../config');

/** The administrator's token of the API on the host, and what an AI token there looks like. */
export const ADMIN = 'adm-planted-8Hj3KqLmZ1';
/** An AI token that the API there keeps. */
export const AI_TOKEN = 'sk-planted-1Bn6VcXzA9';

/** The API as far as the runbook knows it: health by looking at the ports, bots, AI tokens. */
const MAIN = `
import json, os, socket, re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
bots, tokens = {7: "running"}, [{"id": 1, "name": "first", "token": "${AI_TOKEN}", "daily_limit": 100, "is_active": True}]
def part(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return {"status": "healthy"}
    except OSError as error:
        return {"status": "unhealthy", "error": str(error)}
class Api(BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def say(self, status, what):
        body = (what if isinstance(what, str) else json.dumps(what)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/api/admin/") and self.headers.get("Authorization") != "Bearer ${ADMIN}":
            return self.say(401, {"error": "no"})
        bot = re.fullmatch("/api/(start|stop)-bot/([0-9]+)", self.path)
        if self.command == "GET" and self.path == "/health":
            parts = {"database": part(5432), "redis": part(6379), "ai_token_manager": {"status": "healthy"}}
            word = "healthy" if all(each["status"] == "healthy" for each in parts.values()) else "unhealthy"
            return self.say(200 if word == "healthy" else 503, {"status": word, "components": parts})
        if bot and self.command == "POST":
            bots[int(bot[2])] = "running" if bot[1] == "start" else "stopped"
            return self.say(200, {"ok": True})
        if self.path == "/api/bot-instances-all": return self.say(200, {"bots": bots})
        if self.path == "/api/csrf-token": return self.say(200, {"csrf_token": "x" * 20})
        if self.path == "/api/admin/ai-tokens" and self.command == "POST":
            tokens.append({"id": len(tokens) + 1, "is_active": True, **json.loads(body)})
            return self.say(201, {"ok": True})
        if self.path == "/api/admin/ai-tokens": return self.say(200, tokens)
        if self.path == "/api/admin/ai-tokens/1" and self.command == "PUT":
            tokens[0].update(json.loads(body))
            return self.say(200, tokens[0])
        self.say(404, {"error": "not found"})
    do_GET = do_POST = do_PUT = handle_any
ThreadingHTTPServer(("127.0.0.1", 8000), Api).serve_forever()
`;

/** The bot manager: its port is open on the host only. */
const MANAGER = `
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Api(BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def do_GET(self):
        body = b'{"workers": 3, "restarts": 0}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
ThreadingHTTPServer(("127.0.0.1", 3001), Api).serve_forever()
`;

/** Stands in for alembic, of which the rig has no package: one migration, on the real database; none is left where it is done. */
const ALEMBIC = `#!/bin/sh
db() { psql -X -q -At -v ON_ERROR_STOP=1 "$(sed -n 's/^DATABASE_URL=//p' /opt/chatai/.env)" "$@"; }
up='ALTER TABLE bots ADD COLUMN note text;' down='ALTER TABLE bots DROP COLUMN note;'
case "$*" in
  current) db -c 'SELECT version_num FROM alembic_version' ;;
  heads) echo 'bbbb2222 (head)' ;;
  'upgrade aaaa1111:head --sql') echo '-- Running upgrade aaaa1111 -> bbbb2222'; echo "$up" ;;
  'upgrade bbbb2222:head --sql') echo '-- nothing to do' ;;
  'upgrade head') [ "$(db -c 'SELECT version_num FROM alembic_version')" = bbbb2222 ] || db -c "$up" -c "UPDATE alembic_version SET version_num = 'bbbb2222'" ;;
  'downgrade bbbb2222:-1 --sql') echo "$down" ;;
  'downgrade -1') db -c "$down" -c "UPDATE alembic_version SET version_num = 'aaaa1111'" ;;
  *) echo "FAILED: $*"; exit 255 ;;
esac
`;

/** Nothing can be fetched: what stands in for pip looks at what it is told. */
const PIP = '#!/bin/sh\ntest "$1 $2" = "install -r" && cat "$3"\n';

/** A version of the backend, which says its name; an ill one starts, and says of itself that it is not well. */
export const version = (name: string, isWell = true): Readonly<Record<string, string>> => ({
  'backend/main.py': `# ${name}\n${isWell ? MAIN : MAIN.replace('if all(', 'if False and all(')}`,
});

const unit = (program: string, port: number, path: string): string => `[Service]
User=chatai
WorkingDirectory=/opt/chatai
ExecStart=/usr/bin/python3 ${program}
ExecStartPost=/bin/sh -c 'until curl -fsS -o /dev/null http://127.0.0.1:${port}${path} || [ $? = 22 ]; do sleep 0.05; done'
[Install]
WantedBy=multi-user.target
`;

const SITE = 'server { listen 80 default_server; location / { proxy_pass http://127.0.0.1:8000; } }\n';
const ROTATE =
  '/opt/chatai/backend/logs/api.log {\n  su root root\n  rotate 3\n  dateext\n  copytruncate\n}\n';

const FILES: Readonly<Record<string, string>> = {
  '/opt/chatai/venv/bin/pip': PIP,
  '/opt/chatai/venv/bin/alembic': ALEMBIC,
  '/etc/systemd/system/chatai-backend.service': unit('/opt/chatai/backend/main.py', 8000, '/health'),
  '/etc/systemd/system/chatai-bot-manager.service': unit(
    '/opt/chatai/node/scalable_bot_manager.js',
    3001,
    '/status',
  ),
  '/etc/nginx/sites-available/default': SITE,
  '/etc/logrotate.d/chatai': ROTATE,
  '/opt/chatai/.env': `SECRET_KEY=planted-secret-key\nADMIN_TOKEN=${ADMIN}\n`,
  '/opt/chatai/backend/logs/api.log':
    'INFO started\nERROR database error: connection failed\nWARNING bot worker failed\n',
  '/opt/chatai/backend/logs/audit.log': `${'login for ana failed from 203.0.113.9\n'.repeat(7)}login for ben failed from 203.0.113.5\n`,
  '/opt/chatai/backend/logs/audit.log.2025-09-04': 'suspicious: that day\n',
  // The real one is broad, too: what the catalogue runs as root and as other accounts.
  '/etc/sudoers.d/chatai': 'ops ALL=(ALL) NOPASSWD: ALL\n',
};

/** A checkout of its repository, as the account that owns it has it. */
async function checkOut(host: SystemdHost): Promise<Desk> {
  const desk = new Desk(host, '/srv/chatai.git', 'main');
  await desk.open();
  await desk.push('the first one', {
    ...version('one'),
    'node/scalable_bot_manager.js': MANAGER,
    'backend/requirements.txt': 'fastapi\n',
    '.gitignore': 'venv/\n.env\nbackend/logs/\n',
  });
  await host.exec('chmod', '-R', 'a+rX', '/srv/chatai.git');
  await host.exec('git', 'config', '--system', 'safe.directory', '/srv/chatai.git');
  await host.exec('git', 'clone', '-q', '--branch', 'main', desk.url, '/opt/chatai');
  return desk;
}

/** Makes a host into the ChatAI backend's server; its database is not there yet. */
export async function settleChatai(host: SystemdHost): Promise<Desk> {
  await host.exec('useradd', '--system', '--create-home', 'chatai');
  const desk = await checkOut(host);
  await host.exec('mkdir', '-p', '/opt/chatai/backend/logs', '/opt/chatai/venv/bin');
  for (const [path, text] of Object.entries(FILES))
    await host.exec('sh', '-c', 'printf %s "$2" > "$1"', 'sh', path, text);
  await host.exec('chmod', '0755', '/opt/chatai/venv/bin/alembic', '/opt/chatai/venv/bin/pip');
  await host.exec('chown', '-R', 'chatai:', '/opt/chatai');
  await host.exec('chmod', '0440', '/etc/sudoers.d/chatai');
  await host.exec('systemctl', 'daemon-reload');
  await host.exec('systemctl', 'enable', '--now', 'redis-server', 'postgresql');
  await host.exec('systemctl', 'start', 'postgresql@15-main', 'chatai-backend', 'chatai-bot-manager');
  await host.exec('systemctl', 'restart', 'nginx');
  return desk;
}

/** The settings as they are in config/, with the host in the place of the server, and less patience. */
export async function chataiSettings(host: SystemdHost, storage: string) {
  const read = async (name: string): Promise<Record<string, unknown>> =>
    parse(await readFile(join(CONFIG, name), 'utf8'));
  const service = await read('services/chatai-backend.yaml');
  const local = (port: number) => ({ kind: 'http', url: `http://localhost:${port}`, via: 'chatai-server' });
  const targets = {
    'chatai-server': {
      kind: 'ssh',
      host: host.host,
      port: host.port,
      user: host.user,
      key: { file: host.privateKeyPath },
      host_key: host.hostKeyFingerprint,
      vars: { web: `http://${host.host}`, domain: 'localhost', folder: '/opt/chatai', run_as: 'chatai' },
    },
    'chatai-api': local(8000),
    'chatai-admin': { ...local(8000), bearer: { env: 'CHATAI_ADMIN_TOKEN' } },
    'chatai-bots': local(3001),
  };
  return {
    service: { ...service, schedules: {}, verify: { hold: '200ms', within: '30s' } },
    targets,
    storages: { main: { kind: 'folder', path: storage } },
    environment: { CHATAI_ADMIN_TOKEN: ADMIN },
  };
}
