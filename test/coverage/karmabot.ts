import { check, line, manual, procedure, type Served, setting, type Table } from './served.ts';

const APP_AND_DATABASE = 'karmabot/app karmabot/mongodb';

/** Where the lines after an `ssh` run. */
const host: Served = setting('targets.yaml production karmabot-server host');
/** Where the lines after a `cd` run. */
const folder: Served = setting('services/karmabot.yaml components app project');

const newContainers: Served = line(`restart ${APP_AND_DATABASE} --recreate`, {
  instead:
    '`up -d` with new containers ends in what `down` and `up -d` end in, and leaves the network and nginx alone',
  keeps: ['docker-compose', 'karmabot', 'mongodb', '/opt/karmabot'],
});
const setToken = (key: string): Served =>
  line(`config karmabot set ${key}`, {
    instead: 'the key is put once into .env, its value asked for privately and never part of a command line',
    keeps: ['/opt/karmabot/.env', key],
  });
const addWorkspace: Served = procedure('karmabot add-workspace team=T0ABC123', {
  instead: 'a script puts the two lines where the runbook has somebody type them in an editor',
  keeps: ['docker-compose.override.yml', 'environment:', 'ACCESS_', 'BOT_'],
});

/** What serves the rows of Karmabot's runbook. */
export const karmabot: Table = {
  K001: manual('karmabot provision-plan', { keeps: ['Hi5/prod'] }),
  K002: manual('karmabot provision-plan', { keeps: ['TF_VAR_karmabot_slack_verification_token'] }),
  K003: manual('karmabot provision-plan', { keeps: ['TF_VAR_karmabot_mongodb_uri'] }),
  K004: manual('karmabot provision-plan', { keeps: ['-target=aws_instance.karmabot'] }),
  K005: manual('karmabot provision', { keeps: ['-target=aws_instance.karmabot'] }),
  K006: manual('karmabot provision', { keeps: ['./scripts/deploy_karmabot.sh'] }),
  K007: host,
  K008: manual('karmabot find-instance', { keeps: ['Values=karmabot-server'] }),
  K009: folder,
  K010: line('status karmabot', { keeps: ['karmabot-app', 'karmabot-mongodb'] }),
  K011: line(`start ${APP_AND_DATABASE}`, { keeps: ['/opt/karmabot'] }),
  K012: line(`stop ${APP_AND_DATABASE}`, {
    instead:
      '`stop` is the same outage and keeps the containers, so that `start` brings back the very same ones',
    keeps: ['docker-compose', 'stop', '/opt/karmabot'],
  }),
  K013: line(`restart ${APP_AND_DATABASE}`, { keeps: ['/opt/karmabot'] }),
  K014: line('logs karmabot --follow 2m', { keeps: ['karmabot-app', 'karmabot-mongodb'] }),
  K015: line('logs karmabot/app --follow 2m', { keeps: ['karmabot-app'] }),
  K016: line('logs karmabot/mongodb --follow 2m', { keeps: ['karmabot-mongodb'] }),
  K017: setting('services/karmabot.yaml env_file path', {
    note: 'the runbook has a bare path among commands; run, it would be executed',
  }),
  K018: line('config karmabot list', {
    instead: 'the keys, and which of them have a value; the values stay on the server',
    keeps: ['/opt/karmabot/.env'],
  }),
  K019: folder,
  K020: setToken('ACCESS_T0ABC123'),
  K021: setToken('BOT_T0ABC123'),
  K022: addWorkspace,
  K023: newContainers,
  K024: procedure('karmabot tokens', { keeps: ['karmabot-app', 'ACCESS', 'BOT'] }),
  K025: line('logs karmabot/app --follow 2m', { keeps: ['karmabot-app'] }),
  K026: line('logs karmabot/app --follow 2m --grep "POST.*slack_events|ERROR|WARNING"', {
    keeps: ['karmabot-app'],
  }),
  K027: line('logs karmabot/nginx --follow 2m', { keeps: ['/var/log/nginx/access.log'] }),
  K028: check('karmabot web', { keeps: ['https://karmabot.hi5.works/'] }),
  K029: check('karmabot slack-events', { keeps: ['_events', 'url_verification', 'test123'] }),
  K030: procedure('karmabot collections', {
    correction: 'the shell could alter anything, and all the runbook does in it is look (K031, K032)',
    keeps: ['karmabot-mongodb', 'mongosh karmabot'],
  }),
  K031: procedure('karmabot collections', {
    instead: 'what `show collections` calls in mongosh',
    keeps: ['mongosh', 'getCollectionNames'],
  }),
  K032: procedure('karmabot sample collection=A09C4RF9HPF', {
    instead: 'the same statement as an argument of mongosh',
    keeps: ['mongosh', 'A09C4RF9HPF', 'find()', 'limit(5)'],
  }),
  K033: host,
  K034: setting('services/karmabot.yaml deploy folder'),
  K035: line('deploy karmabot', { keeps: ['/opt/karmabot', 'main'] }),
  K036: line('deploy karmabot', { keeps: ['--no-cache', 'karmabot'] }),
  K037: line('deploy karmabot', { keeps: ['karmabot'] }),
  K038: procedure('karmabot try-deps', { keeps: ['karmabot-app', '--upgrade', 'requirements.txt'] }),
  K039: procedure('karmabot update-deps', { keeps: ['--no-cache', 'karmabot'] }),
  K040: procedure('karmabot update-deps', { keeps: ['/opt/karmabot'] }),
  K041: line('logs karmabot/mongodb', { keeps: ['karmabot-mongodb'] }),
  K042: line('restart karmabot/mongodb', { keeps: ['mongodb'] }),
  K043: line('config karmabot set MONGODB_URI', {
    note: 'the runbook has a line for .env among commands; run, it sets a variable of that shell and nothing else',
  }),
  K044: procedure('karmabot certificates'),
  K045: procedure('karmabot renew-certificate'),
  K046: check('karmabot web', { keeps: ['https://karmabot.hi5.works/'] }),
  K047: line('logs karmabot/app --grep "ValueError.*Context"', { keeps: ['karmabot-app'] }),
  K048: procedure('karmabot tokens team=T0ABC123', { keeps: ['karmabot-app', 'T0ABC123'] }),
  K049: line('logs karmabot/app --grep "Requested token for workspace"', { keeps: ['karmabot-app'] }),
  K050: addWorkspace,
  K051: folder,
  K052: procedure('karmabot debug-mode', {
    instead: 'a script alters the one line for which the runbook opens an editor',
    keeps: ['FLASK_ENV=development', '.env'],
  }),
  K053: procedure('karmabot debug-mode', {
    instead: '`restart` does not read .env again; `up -d` makes a container that does',
    keeps: ['docker-compose', 'up -d'],
  }),
  K054: procedure('karmabot certificates'),
  K055: procedure('karmabot test-renewal', { keeps: ['--dry-run'] }),
  K056: procedure('karmabot renew-certificate'),
  K057: procedure('karmabot renew-certificate', { keeps: ['nginx'] }),
  K058: procedure('karmabot firewall'),
  K059: procedure('karmabot firewall', { keeps: ['27017'] }),
  K060: procedure('karmabot host'),
  K061: procedure('karmabot host', { keeps: ['df -h'] }),
  K062: procedure('karmabot host', { keeps: ['free -m'] }),
  K063: procedure('karmabot host', { keeps: ['--no-stream'] }),
  K064: line('logs karmabot/nginx --tail 100 --grep slack_events', { keeps: ['/var/log/nginx/access.log'] }),
  K065: line('logs karmabot/app --grep ERROR --tail 10', { keeps: ['karmabot-app'] }),
  K066: line('backup karmabot mongodb', {
    keeps: ['karmabot-mongodb', 'karmabot'],
    note: 'the dump is streamed out of the container; as written it stays there, and another folder is copied',
  }),
  K067: line('backup karmabot mongodb', {
    instead: 'the stream goes to the storage of the settings, checked and encrypted, not to a laptop',
    keeps: ['name : main'],
    note: 'as written it copies a folder of the host, where no dump ever was',
  }),
  K068: line('backup karmabot configuration', {
    keeps: ['opt/karmabot', 'encryptTo : age1'],
    note: 'it holds .env, so it leaves the server encrypted',
  }),
  K069: line('backup karmabot configuration', {
    instead: 'the stream goes to the storage of the settings, encrypted, not to a laptop',
    keeps: ['name : main', 'encryptTo : age1'],
  }),
  K070: manual('karmabot slack-app', { keeps: ['chat:write', 'app_mention', '/karma', '_interactions'] }),
  K071: manual('karmabot slack-app', { keeps: ['xoxp-', 'xoxb-', 'Basic Information'] }),
  K072: host,
  K073: folder,
  K074: setToken('ACCESS_T0ABC123'),
  K075: setToken('BOT_T0ABC123'),
  K076: addWorkspace,
  K077: line(`restart ${APP_AND_DATABASE}`, { keeps: ['/opt/karmabot'] }),
  K078: newContainers,
  K079: check('karmabot web', { keeps: ['https://karmabot.hi5.works/'] }),
  K080: procedure('karmabot repair-db', { keeps: ['stop', 'karmabot'] }),
  K081: procedure('karmabot repair-db', { keeps: ['--repair'] }),
  K082: procedure('karmabot repair-db', { keeps: ['mongodb'] }),
  K083: check('karmabot web', { keeps: ['https://karmabot.hi5.works/'] }),
  K084: line('status karmabot', {
    keeps: ['karmabot-app', 'karmabot-mongodb'],
    note: 'without `cd /opt/karmabot` the compose file is not found; the containers are asked by name',
  }),
  K085: procedure('karmabot events', {
    keeps: ['docker logs', '3600s', 'karmabot-app', 'slack_events', 'grep -c'],
  }),
  K086: line('logs karmabot/app --since 1h --grep "(?i)error"', { keeps: ['--since', 'karmabot-app'] }),
  K087: line('logs karmabot/nginx --follow 2m --grep slack', { keeps: ['/var/log/nginx/access.log'] }),
  K088: manual('karmabot find-instance', { keeps: ['terraform output'] }),
};
