import { check, line, manual, procedure, type Served, setting, type Table } from './served.ts';

/** Where the lines after a `cd` run. */
const folder: Served = setting('targets.yaml production katana-server vars folder');
const setKey = (key: string): Served =>
  line(`config katana-bot set ${key}`, { keeps: ['/opt/katana-bot/.env'] });
const deployed: Served = line('deploy katana-bot', { keeps: ['/opt/katana-bot', 'dev'] });
const doctor = (...keeps: readonly string[]): Served => procedure('katana-bot doctor', { keeps });

const AS_A_SERVICE = 'the program runs as a service: as written it ends with the terminal';
const BY_SCRIPT = 'a script puts in what the runbook has somebody type in an editor';
const BY_CHECK = 'the check heartbeat reads the same file by the same thresholds, from outside of the server';
const ONE_SCRIPT =
  'lines 226-253 are one script, and it never finds check_heartbeat.py: its folder is written in two ways';

/** What serves the rows of Katana Bot's runbook. */
export const katanaBot: Table = {
  N001: procedure('katana-bot bootstrap repository=https://github.com/acme/katana-bot', {
    keeps: ['https://github.com/acme/katana-bot', '/opt/katana-bot'],
  }),
  N002: folder,
  N003: procedure('katana-bot bootstrap repository=https://github.com/acme/katana-bot', {
    instead: '`python` is called python3 where there is no other',
    keeps: ['python3 -m venv', '/opt/katana-bot/venv'],
  }),
  N004: setting('services/katana-bot.yaml deploy install', { keeps: ['venv/bin/pip'] }),
  N005: procedure('katana-bot bootstrap repository=https://github.com/acme/katana-bot', {
    keeps: ['install -r requirements.txt'],
  }),
  N006: procedure('katana-bot install-by-name', { keeps: ['pyTelegramBotAPI anthropic openai'] }),
  N007: setKey('KATANA_TELEGRAM_TOKEN'),
  N008: setKey('ANTHROPIC_API_KEY'),
  N009: setKey('OPENAI_API_KEY'),
  N010: doctor('KATANA_TELEGRAM_TOKEN', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY'),
  N011: folder,
  N012: line('start katana-bot/bot', {
    instead: AS_A_SERVICE,
    keeps: ['systemctl start katana_bot.service'],
  }),
  N013: line('start katana-bot/bot', {
    instead: AS_A_SERVICE,
    keeps: ['systemctl start katana_bot.service'],
    note: 'as written it empties the log of the run before, and nothing starts it again',
  }),
  N014: line('stop katana-bot/bot', { keeps: ['systemctl stop katana_bot.service'] }),
  N015: deployed,
  N016: line('deploy katana-bot', { keeps: ['venv/bin/pip', 'requirements.txt'] }),
  N017: line('start katana-bot/bot', { keeps: ['katana_bot.service'] }),
  N018: manual('katana-bot rotate-keys', {
    keeps: ['KATANA_TELEGRAM_TOKEN', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY'],
  }),
  N019: procedure('katana-bot install-service', {
    keeps: ['docs/examples/katana_bot.service', '/etc/systemd/system/katana_bot.service'],
  }),
  N020: procedure('katana-bot install-service', {
    instead: BY_SCRIPT,
    keeps: ['User=', 'Group=', 'WorkingDirectory=', 'ExecStart=', 'EnvironmentFile='],
  }),
  N021: procedure('katana-bot install-service'),
  N022: procedure('katana-bot enable', { keeps: ['katana_bot.service'] }),
  N023: line('start katana-bot/bot', { keeps: ['katana_bot.service'] }),
  N024: line('status katana-bot', { keeps: ['katana_bot.service'] }),
  N025: line('logs katana-bot/bot --follow 2m', { keeps: ['-u katana_bot.service'] }),
  N026: procedure('katana-bot setup-logging', {
    keeps: ['/var/log/katana_bot', 'journald.conf', 'logrotate'],
  }),
  N027: procedure('katana-bot install-supervisor', { keeps: ['supervisor'] }),
  N028: procedure('katana-bot install-supervisor', {
    keeps: ['docs/examples/katana_bot.conf', '/etc/supervisor/conf.d/katana_bot.conf'],
  }),
  N029: procedure('katana-bot install-supervisor', {
    instead: BY_SCRIPT,
    keeps: ['user=', 'directory=', 'command=', 'environment='],
  }),
  N030: procedure('katana-bot reload-supervisor'),
  N031: procedure('katana-bot reload-supervisor', { keeps: ['katana_bot'] }),
  N032: line('status katana-bot', { manager: 'supervisor', keeps: ['katana_bot'] }),
  N033: line('logs katana-bot/bot --follow 2m', { manager: 'supervisor', keeps: ['katana_bot stdout'] }),
  N034: line('logs katana-bot/bot --follow 2m', { manager: 'supervisor', keeps: ['katana_bot stderr'] }),
  N035: procedure('katana-bot setup-logging', {
    keeps: ['stdout_logfile_maxbytes', 'stdout_logfile_backups'],
  }),
  N036: check('katana-bot heartbeat', { instead: BY_CHECK, keeps: ['/opt/katana-bot/katana_heartbeat.txt'] }),
  N037: setting('services/katana-bot.yaml checks heartbeat every', { instead: BY_CHECK, keeps: ['1m'] }),
  N038: setting('targets.yaml production katana-server vars heartbeat_fail', {
    instead: BY_CHECK,
    keeps: ['300s'],
  }),
  N039: setting('services/katana-bot.yaml checks heartbeat kind', { note: ONE_SCRIPT }),
  N040: setting('services/katana-bot.yaml checks heartbeat kind', { note: ONE_SCRIPT }),
  N041: setting('services/katana-bot.yaml checks heartbeat path', {
    keeps: ['katana_heartbeat.txt'],
    note: ONE_SCRIPT,
  }),
  N042: setting('services/katana-bot.yaml schedules heartbeat line'),
  N043: check('katana-bot heartbeat', { instead: BY_CHECK, keeps: ['/opt/katana-bot/katana_heartbeat.txt'] }),
  N044: setting('services/katana-bot.yaml checks heartbeat failures'),
  N045: check('katana-bot heartbeat', {
    instead: BY_CHECK,
    keeps: ['/opt/katana-bot/katana_heartbeat.txt'],
    correction:
      "the line in a log of the server is a finding in Botswain's own journal; the server stays as it is",
  }),
  N046: setting('services/katana-bot.yaml schedules heartbeat line', {
    instead: 'what the check found is posted to the operations channel',
    keeps: ['check katana-bot'],
  }),
  N047: setting('services/katana-bot.yaml schedules heartbeat cron'),
  N048: setting('botswain.yaml chats telegram chats operations'),
  N049: manual('katana-bot future-monitoring', { keeps: ['/health', '503'] }),
  N050: manual('katana-bot future-monitoring', { keeps: ['/metrics', 'Prometheus'] }),
  N051: doctor('KATANA_TELEGRAM_TOKEN', 'digits:characters'),
  N052: doctor('import telebot, anthropic, openai', 'WorkingDirectory', 'venv/bin/python'),
  N053: doctor('test -w', 'IOError'),
  N054: doctor('tools/check_heartbeat.py', 'heartbeat_check.log'),
  N055: procedure('katana-bot fix-heartbeat-script', { keeps: ['+x tools/check_heartbeat.py'] }),
  N056: line('logs katana-bot/bot --since 1h', { keeps: ['katana_bot.service'] }),
  N057: line('stop katana-bot/bot', {
    keeps: ['katana_bot.service'],
    note: 'the manager sends SIGTERM and waits; `run katana-bot doctor` shows KillSignal and how long',
  }),
  N058: procedure('katana-bot install-service run_as=katana', { keeps: ['/opt/katana-bot', 'katana'] }),
};
