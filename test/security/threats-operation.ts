import { proofs, type Threat } from './threat.ts';

/** The program itself: its pages, its records, its packages, its container, its tokens. */
export const OPERATION_THREATS: readonly Threat[] = [
  {
    threat: 'Web UI/API',
    controls: [
      {
        file: 'src/web/allowed.ts',
        does: 'the Host is one of ours, and a write comes from the very page it is sent to',
      },
      { file: 'src/web/sign-ins.ts', does: 'links that work once, sessions of which only a hash is kept' },
      {
        file: 'src/web/servers.ts',
        does: 'the console listens on loopback; a policy under which nothing foreign runs',
      },
    ],
    proofs: [
      ...proofs(
        'test/contract/console-access.test.ts',
        'refuses everything to whoever is not signed in',
        'sends a policy under which nothing inline and nothing foreign runs',
        'lets a tab of one person never act as another',
      ),
      ...proofs('test/unit/chat/console-web.test.ts', 'takes a write only from the very host it is sent to'),
      ...proofs(
        'test/contract/console-sign-in.test.ts',
        'sets a cookie no script and no other site can use',
        'stores neither the token of a link nor that of a session',
      ),
      ...proofs('test/contract/console-lines.test.ts', 'of a message for somebody else does not exist'),
      ...proofs('test/unit/chat/console-render.test.ts', 'links http and https, and nothing else'),
      ...proofs(
        'test/security/alert-texts.test.ts',
        'keeps addresses of the web, and no others',
        'is text on the public page too, where a person publishes it',
      ),
      ...proofs(
        'test/contract/status-page-web.test.ts',
        'shows what is open, planned and over, and escapes every word of it',
      ),
      ...proofs(
        'test/unit/commands/show-delivery.test.ts',
        'is for those who may look at all that it is, or may be, about',
      ),
    ],
  },
  {
    threat: 'Audit tampering',
    controls: [
      { file: 'src/store/audit-append.ts', does: 'each record holds the hash of the one before' },
      {
        file: 'src/store/audit-head.ts',
        does: 'the head stands in a file beside, so that a cut end is seen',
      },
      {
        file: 'src/upkeep/audit-heads.ts',
        does: 'the head is posted daily to a channel and appended to a file outside of the store',
      },
    ],
    proofs: [
      ...proofs(
        'test/unit/store/audit-tampering.test.ts',
        'names a record that was removed',
        'names the first record that was cut off at the end',
        'notices a chain that was written anew from the middle on',
      ),
      ...proofs(
        'test/story/audit-proof.test.ts',
        'shows by the head from the channel alone that store, head file and file of heads were written anew',
      ),
    ],
    notYet:
      'PostgreSQL and its role without UPDATE and DELETE do not exist yet; whoever has the SQLite file can write it',
  },
  {
    threat: 'DoS by users/alerts',
    controls: [
      { file: 'src/web/servers.ts', does: 'bodies are capped before they are read' },
      {
        file: 'src/workflow/outbox.ts',
        does: 'what is urgent goes first, and edits are merged within the rates of the platform',
      },
      { file: 'src/web/console/rate.ts', does: 'each person has a rate of lines on the console' },
      { file: 'src/lines/line-rate.ts', does: 'each account has a rate of lines in the chats' },
      {
        file: 'src/web/alert-queue.ts',
        does: 'so many alerts may wait to be written down; a sender beyond that is told to come again',
      },
      {
        file: 'src/incidents/own-signals.ts',
        does: 'beyond its cap what an integration sends is kept and told nobody, and one incident names the sender',
      },
      { file: 'src/incidents/begin-storm.ts', does: 'many at once are one incident: what is shed is words' },
    ],
    proofs: [
      ...proofs(
        'test/fault/chat-poison.test.ts',
        '10 MB: refused before it is read, and never kept',
        'is alive as the same process, in bounded memory, and did nothing',
      ),
      ...proofs(
        'test/fault/chat-flood.test.ts',
        'is held up, told once, and nobody else waits',
        'of somebody unknown fills neither the channel nor the journal',
      ),
      ...proofs(
        'test/fault/outbox.test.ts',
        'keeps to the rates of the platform over all kills, so that hardly a call is refused for its pace',
      ),
      ...proofs(
        'test/unit/chat/console-web.test.ts',
        'lets a burst through, then one in a while, each person on their own',
      ),
      ...proofs(
        'test/security/alert-poison.test.ts',
        'who is not let in costs nothing: the body is not waited for',
      ),
      ...proofs(
        'test/security/alert-flood.test.ts',
        'beyond what may wait a sender is told to come again, and what waits is kept',
      ),
      ...proofs(
        'test/story/incident-alertmanager.test.ts',
        'a storm of 60 alerts of seven services is one incident with few words',
      ),
      ...proofs('test/unit/incidents/own-signals.test.ts', 'a sender of too much is named, once'),
    ],
    otherwise:
      'bodies may have 5 MB, not 1 MB: webhooks of platforms may be that long (design.md 6.4); what the console takes may have 64 kB',
  },
  {
    threat: 'Supply chain',
    controls: [
      { file: 'package-lock.json', does: 'every package by version and sha512' },
      {
        file: 'package.json',
        does: 'exact versions; scripts of packages are denied but for one that is named',
      },
      { file: 'Dockerfile', does: 'npm ci --ignore-scripts, without what is for development' },
    ],
    proofs: proofs(
      'test/security/supply-chain.test.ts',
      'is pinned to one version each, here and in the lockfile',
      'is checked by its sha512, and comes from the registry only',
      'runs no script of a package but those that are named and allowed',
      'is all here: nothing is fetched and run later, no package is named at run time',
    ),
    notYet:
      'signatures, provenance, SBOM and a minimum age of releases belong to the publishing of releases, which does not exist yet',
  },
  {
    threat: 'Container',
    controls: [
      {
        file: 'Dockerfile',
        does: 'the user node, nothing setuid, no key inside, writes only to /data and /tmp',
      },
      { file: '.dockerignore', does: 'only what runs gets into the build' },
    ],
    proofs: proofs(
      'test/story/image.test.ts',
      'is healthy on a read-only root, without root and without capabilities',
      'has nobody become somebody else: no setuid, no capability, no new privilege',
      'writes to /data and /tmp only, and could not change itself even on a root that may be written',
      'holds no key and no token: not in a file, not in its history, not in its variables',
      'holds only what it runs',
    ),
    otherwise:
      'the base is named by its tag; its digest is given at build time (NODE_IMAGE), because the engine of this rig has a stand-in without one',
  },
  {
    threat: 'Stolen bot token',
    controls: [
      { file: 'src/chat/slack/slack-manifest.ts', does: 'asks for the scopes that are used and no others' },
      {
        file: 'src/workflow/decide.ts',
        does: 'a decision needs a person; the account of a bot is never one',
      },
      {
        file: 'src/chat/telegram/telegram-poll.ts',
        does: 'says so when another process reads the updates of the bot',
      },
    ],
    proofs: [
      ...proofs(
        'test/unit/cli/manifest.test.ts',
        'is for Socket Mode, with the scopes and events that are used and no others',
      ),
      ...proofs(
        'test/contract/slack-scopes.test.ts',
        'no table entry asks for a scope the method does not have, and none is forgotten',
      ),
      ...proofs('test/story/bad-input.test.ts', 'a bot that mentions us is refused and nothing runs'),
      ...proofs('test/security/bot-token.test.ts', 'cannot approve what somebody asked for'),
    ],
    notYet:
      'Slack tells nobody where a token is used from, so an alarm for that does not exist; nor does a runbook for rotating tokens',
  },
];
