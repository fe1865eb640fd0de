import type { SystemdHost } from '../../rig/systemd-host.ts';
import { backupPolicy } from './backup-stage.ts';
import { Desk, letLoginBeRoot, put, realService, targetOn } from './real-service.ts';
import { Scene } from './scene.ts';
import { team } from './team.ts';

/** As the runbook's bot: polls, writes its heartbeat, logs `time - name - LEVEL - words`. It stops beating where it is told to hang. */
const BOT = `import datetime, logging, os, pathlib, time
logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
here = pathlib.Path(__file__).resolve().parent.parent
hang = here / "hang"
hang.unlink(missing_ok=True)
VERSION = "VERSION_NAME"
if not os.environ.get("KATANA_TELEGRAM_TOKEN"):
    logging.getLogger("katana").critical("KATANA_TELEGRAM_TOKEN is not set")
    raise SystemExit(1)
logging.getLogger("katana").info("katana %s polls", VERSION)
while True:
    if not hang.exists():
        beat = here / "katana_heartbeat.new"
        beat.write_text(datetime.datetime.now(datetime.timezone.utc).isoformat())
        beat.replace(here / "katana_heartbeat.txt")
    time.sleep(0.2)
`;

const UNIT = `[Unit]
Description=Katana Bot
After=network.target

[Service]
User=your_user
Group=your_group
WorkingDirectory=/path/to/katana_bot-project
ExecStart=/usr/bin/python3 bot/katana_bot.py
Environment="KATANA_TELEGRAM_TOKEN=your_token"
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

/** Supervisor knows no EnvironmentFile: a wrapper reads .env. */
const SECTION = `[program:katana_bot]
command=/bin/sh -c 'set -a; . /opt/katana-staging/.env; exec /opt/katana-staging/venv/bin/python bot/katana_bot.py'
directory=/opt/katana-staging
user=katana
autorestart=true
startsecs=1
startretries=1
stdout_logfile=/var/log/supervisor/katana_bot.log
stderr_logfile=/var/log/supervisor/katana_bot_error.log
`;

/** No package index can be reached: what stands in for pip makes empty packages of those it knows, and fails over another. */
const PIP = `#!/bin/sh
[ "$1 $2" = 'install -r' ] || exit 2
packages=$(echo "$(dirname "$0")"/../lib/python3*/site-packages)
while read -r package; do
  case $package in
    pyTelegramBotAPI) mkdir -p "$packages/telebot"; echo 'Installed pyTelegramBotAPI';;
    anthropic|openai) mkdir -p "$packages/$package"; echo "Installed $package";;
    *) echo "ERROR: No matching distribution found for $package" >&2; exit 1;;
  esac
done < "$3"
`;

const PACKAGES = 'pyTelegramBotAPI\nanthropic\nopenai\n';

/** Files of a version of the bot. */
export const version = (name: string, packages = PACKAGES): Readonly<Record<string, string>> => ({
  'bot/katana_bot.py': BOT.replace('VERSION_NAME', name),
  'requirements.txt': packages,
});

/** Katana Bot twice on one host: kept by systemd in production, by supervisor in staging; a bot with the real service file. */
export interface Katana {
  readonly host: SystemdHost;
  readonly scene: Scene;
  readonly desk: Desk;
  /** Lets the loop of the bot in a folder hang, its last beat ten minutes ago. */
  readonly hang: (folder: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function install(host: SystemdHost, desk: Desk, folder: string): Promise<void> {
  const asKatana = (...argv: readonly string[]): Promise<string> =>
    host.exec('runuser', '-u', 'katana', '--', ...argv);
  await host.exec('install', '-d', '-o', 'katana', '-m', '755', folder);
  await asKatana('git', 'clone', '-q', '--branch', 'dev', desk.url, folder);
  await asKatana('python3', '-m', 'venv', '--without-pip', `${folder}/venv`);
  await put(host, { path: `${folder}/venv/bin/pip`, text: PIP, mode: '755' });
  await put(host, {
    path: `${folder}/.env`,
    text: 'KATANA_TELEGRAM_TOKEN=110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\n',
    mode: '600',
  });
  await host.exec('chown', '-R', 'katana:', folder);
}

/** Puts both there and starts the bot. */
export async function openKatana(host: SystemdHost): Promise<Katana> {
  await letLoginBeRoot(host);
  await host.exec('useradd', '--create-home', 'katana');
  const desk = new Desk(host, '/srv/katana.git', 'dev');
  await desk.open();
  await desk.push('the first one', {
    'docs/examples/katana_bot.service': UNIT,
    '.gitignore': 'venv/\n.env\nkatana_heartbeat.*\nhang\n',
    'tools/check_heartbeat.py': '#!/usr/bin/env python3\n',
    ...version('one'),
  });
  await host.exec('chmod', '-R', 'a+rX', '/srv/katana.git');
  await host.exec('git', 'config', '--system', 'safe.directory', '/srv/katana.git');
  await install(host, desk, '/opt/katana-bot');
  await install(host, desk, '/opt/katana-staging');
  await put(host, { path: '/etc/supervisor/conf.d/katana_bot.conf', text: SECTION });
  await host.exec('systemctl', 'start', 'supervisor');
  const vars = { run_as: 'katana', heartbeat_warn: '120s', heartbeat_fail: '300s' };
  const scene = await Scene.open({
    components: async (yard) => ({ web: await yard.program('web') }),
    targets: () => ({
      production: {
        'katana-server': targetOn(host, { ...vars, manager: 'systemd', folder: '/opt/katana-bot' }),
      },
      staging: {
        'katana-server': targetOn(host, { ...vars, manager: 'supervisor', folder: '/opt/katana-staging' }),
      },
    }),
    // A change there is called good sooner than in production; all else is the file as it is.
    services: async () => ({
      'katana-bot': await realService('katana-bot', { verify: { hold: '2s', within: '20s' } }),
    }),
    botswain: {
      people: { ...team.people, calendar: { name: 'Calendar', roles: ['operator'] } },
      policy: backupPolicy,
    },
  });
  return {
    host,
    scene,
    desk,
    hang: async (folder) => {
      const script =
        'touch "$1/hang"; sleep 0.5; date -u -d "-10 min" +%FT%T+00:00 > "$1/katana_heartbeat.txt"';
      await host.exec('sh', '-c', script, 'hang', folder);
    },
    close: () => scene.close(),
  };
}
